import { expect, test } from 'vitest';

import { raftCodec } from '../../src/codec.ts';
import { configurationOf } from '../../src/configuration.ts';
import type { RaftMessage } from '../../src/messages.ts';
import { describeMessage } from './describe-message.ts';

const term = 5;
const payload = new Uint8Array();
const entry = (logIndex: number) => ({ logIndex, term: 3, kind: 'command', payload }) as const;
const place = { lastLogIndex: 7, lastLogTerm: 4 };
const after = { prevLogIndex: 7, prevLogTerm: 2, leaderCommit: 6 };
const snapshot = {
  lastIncludedIndex: 9,
  lastIncludedTerm: 2,
  configuration: configurationOf([]),
  configurationIndex: 0,
  data: payload,
};

test.each<readonly [RaftMessage, string]>([
  [{ kind: 'preVote', term, ...place }, 'pre-vote? t5, last 7@4'],
  [{ kind: 'preVoteReply', term, voteGranted: true }, 'pre-vote granted t5'],
  [{ kind: 'requestVote', term, ...place }, 'vote? t5, last 7@4'],
  [{ kind: 'requestVoteReply', term, voteGranted: false }, 'vote refused t5'],
  [
    { kind: 'appendEntries', term, ...after, entries: [] },
    'append nothing after 7@2, t5, commit 6',
  ],
  [
    { kind: 'appendEntries', term, ...after, entries: [entry(8)] },
    'append 8@3 after 7@2, t5, commit 6',
  ],
  [
    { kind: 'appendEntries', term, ...after, entries: [entry(8), entry(9)] },
    'append 8..9@3 after 7@2, t5, commit 6',
  ],
  [
    { kind: 'appendEntriesReply', term, result: { kind: 'accepted', matchIndex: 8 } },
    'has up to 8, t5',
  ],
  [
    {
      kind: 'appendEntriesReply',
      term,
      result: { kind: 'rejected', prevLogIndex: 7, hintIndex: 3, hintTerm: 1 },
    },
    'no match at 7, try 3@1, t5',
  ],
  [{ kind: 'heartbeat', term, leaderCommit: 6, round: 11 }, 'heartbeat t5, commit 6'],
  [{ kind: 'heartbeatReply', term, round: 11 }, 'heard t5'],
  [{ kind: 'installSnapshot', term, snapshot }, 'snapshot 9@2, t5'],
  [{ kind: 'installSnapshotReply', term, matchIndex: 9 }, 'has snapshot, up to 9, t5'],
  [{ kind: 'timeoutNow', term }, 'lead now, t5'],
])('%j reads %s', (message, words) => {
  expect(describeMessage('raft', raftCodec.encode(message))).toBe(words);
});
