import { DecodeError } from '@quorate/transport/codec';
import { describe, expect, test } from 'vitest';

import { encodeIn, raftCodec } from '../src/codec.ts';
import { messageKinds, sinceVersion } from '../src/codec/kinds.ts';
import { configurationOf } from '../src/configuration.ts';
import type { RaftMessage } from '../src/messages.ts';
import { a, b, c } from './support/lone-node.ts';

const text = new TextEncoder();

/** Written in version 1 by a node that speaks no other. */
const first = { written: 1, spoken: 1 };

// One of each kind of version 1, byte by byte: they decode to these messages for ever.
const golden: readonly [RaftMessage, readonly number[]][] = [
  [{ kind: 'preVote', term: 3, lastLogIndex: 300, lastLogTerm: 2 }, [1, 1, 1, 3, 172, 2, 2]],
  [{ kind: 'preVoteReply', term: 3, voteGranted: true }, [1, 1, 2, 3, 1]],
  [{ kind: 'requestVote', term: 3, lastLogIndex: 0, lastLogTerm: 0 }, [1, 1, 3, 3, 0, 0, 0]],
  [
    { kind: 'requestVote', term: 3, lastLogIndex: 1, lastLogTerm: 2, isTransfer: true },
    [1, 1, 3, 3, 1, 2, 1],
  ],
  [{ kind: 'timeoutNow', term: 3 }, [1, 1, 11, 3]],
  [{ kind: 'requestVoteReply', term: 3, voteGranted: false }, [1, 1, 4, 3, 0]],
  [
    {
      kind: 'appendEntries',
      term: 5,
      prevLogIndex: 7,
      prevLogTerm: 3,
      leaderCommit: 6,
      entries: [
        { logIndex: 8, term: 3, kind: 'command', payload: text.encode('ab') },
        { logIndex: 9, term: 5, kind: 'noop', payload: new Uint8Array(0) },
      ],
    },
    [1, 1, 5, 5, 7, 3, 6, 2, 0, 1, 2, 97, 98, 2, 0, 0],
  ],
  [
    { kind: 'appendEntriesReply', term: 5, result: { kind: 'accepted', matchIndex: 9 } },
    [1, 1, 6, 5, 0, 9],
  ],
  [
    {
      kind: 'appendEntriesReply',
      term: 5,
      result: { kind: 'rejected', prevLogIndex: 9, hintIndex: 4, hintTerm: 2 },
    },
    [1, 1, 6, 5, 1, 9, 4, 2],
  ],
  [{ kind: 'heartbeat', term: 5, leaderCommit: 9, round: 130 }, [1, 1, 7, 5, 9, 130, 1]],
  [{ kind: 'heartbeatReply', term: 5, round: 130 }, [1, 1, 8, 5, 130, 1]],
  [
    {
      kind: 'installSnapshot',
      term: 5,
      snapshot: {
        lastIncludedIndex: 9,
        lastIncludedTerm: 4,
        configuration: { ...configurationOf([a, b]), learners: [c] },
        configurationIndex: 3,
        data: text.encode('xyz'),
      },
    },
    [1, 1, 9, 5, 9, 4, 3, 2, 1, 97, 1, 98, 0, 1, 1, 99, 0, 0, 3, 120, 121, 122],
  ],
  [{ kind: 'installSnapshotReply', term: 5, matchIndex: 9 }, [1, 1, 10, 5, 9]],
  [
    {
      kind: 'snapshotChunk',
      term: 5,
      snapshot: {
        lastIncludedIndex: 9,
        lastIncludedTerm: 4,
        configuration: configurationOf([a]),
        configurationIndex: 3,
      },
      sizeBytes: 7,
      crc: 300,
      offset: 2,
      dataCrc: 5,
      data: text.encode('xy'),
    },
    [1, 1, 20, 5, 9, 4, 3, 1, 1, 97, 0, 0, 0, 0, 7, 0, 0, 1, 44, 2, 0, 0, 0, 5, 2, 120, 121],
  ],
  [
    {
      kind: 'snapshotChunkReply',
      term: 5,
      lastIncludedIndex: 9,
      crc: 300,
      result: 'gap',
      offset: 2,
    },
    [1, 1, 21, 5, 9, 0, 0, 1, 44, 1, 2],
  ],
];

// What version 2 added to kinds of version 1.
test.each([
  [{ kind: 'preVote', term: 3, lastLogIndex: 300, lastLogTerm: 2 }, [2, 2, 1, 3, 172, 2, 2, 0]],
  [
    { kind: 'preVote', term: 3, lastLogIndex: 300, lastLogTerm: 2, priority: 130 },
    [2, 2, 1, 3, 172, 2, 2, 130, 1],
  ],
] as const)('version 2 says the priority in pre-votes (%#)', (message, bytes) => {
  expect(Array.from(raftCodec.encode(message))).toEqual(bytes);
  expect(raftCodec.decode(Uint8Array.from(bytes))).toEqual(message);
});

test('a priority is left out of what a peer of version 1 reads', () => {
  const message = { kind: 'preVote', term: 3, lastLogIndex: 1, lastLogTerm: 2 } as const;
  const bytes = encodeIn({ written: 1, spoken: 2 }, { ...message, priority: 7 });
  expect(Array.from(bytes)).toEqual([1, 2, 1, 3, 1, 2]);
  expect(raftCodec.decode(bytes)).toEqual(message);
});

test('every kind of version 1 is among them', () => {
  const kinds = new Set(golden.map(([{ kind }]) => kind));
  expect(kinds).toEqual(new Set(messageKinds.filter((kind) => sinceVersion(kind) === 1)));
});

describe('raftCodec', () => {
  test.each(golden)('$kind has exactly these bytes', (message, bytes) => {
    expect(Array.from(encodeIn(first, message))).toEqual(bytes);
    expect(raftCodec.decode(Uint8Array.from(bytes))).toEqual(message);
  });

  test.each([
    ['no bytes', []],
    ['version 0', [0, 1, 8, 5, 1]],
    ['a version of the future', [9, 9, 8, 5, 1]],
    ['a version that its sender does not speak', [1, 0, 8, 5, 1]],
    ['the head of a message alone', [1, 1]],
    ['kind 0', [1, 1, 0, 3]],
    ['a kind of the future', [1, 1, 255, 3]],
    ['a flag of neither 0 nor 1', [1, 1, 2, 3, 2]],
    ['a number of 2^53', [1, 1, 8, 5, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10]],
    ['a number of more bytes than it needs', [1, 1, 8, 5, 0x81, 0x00]],
    ['a log that is empty and has a term', [1, 1, 3, 3, 0, 1, 0]],
    ['a log with an index and no term', [1, 1, 3, 3, 1, 0, 0]],
    ['a log of a later term than the message', [1, 1, 3, 3, 9, 4, 0]],
    ['a transfer that is neither one nor none', [1, 1, 3, 3, 0, 0, 2]],
    ['more entries than there are bytes', [1, 1, 5, 5, 7, 3, 6, 0xff, 0xff, 0xff, 0xff, 0x0f]],
    ['a payload longer than the message', [1, 1, 5, 5, 7, 3, 6, 1, 0, 1, 0xff, 0xff, 0x03, 97]],
    ['an entry of a later term than the message', [1, 1, 5, 5, 7, 3, 6, 1, 3, 0, 0]],
    ['a first entry of term 0', [1, 1, 5, 5, 0, 0, 0, 1, 0, 0, 0]],
    ['an entry kind of the future', [1, 1, 5, 5, 7, 3, 6, 1, 0, 2, 0]],
    ['a noop with a payload', [1, 1, 5, 5, 7, 3, 6, 1, 0, 0, 1, 97]],
    ['a hint above what was rejected', [1, 1, 6, 5, 1, 4, 9, 2]],
    ['a snapshot of nothing', [1, 1, 9, 5, 0, 0, 0, 0]],
    ['voters out of order', [1, 1, 9, 5, 9, 4, 2, 1, 98, 1, 97, 0]],
    ['the same voter twice', [1, 1, 9, 5, 9, 4, 2, 1, 97, 1, 97, 0]],
    ['a voter without a name', [1, 1, 9, 5, 9, 4, 1, 0, 1, 97]],
    ['a voter that is not UTF-8', [1, 1, 9, 5, 9, 4, 1, 2, 0xff, 0xfe, 0]],
  ])('refuses %s', (_case, bytes) => {
    expect(() => raftCodec.decode(Uint8Array.from(bytes))).toThrow(DecodeError);
  });

  test('refuses an index beyond 2^53-1 that only the sum reaches', () => {
    const limit = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f];
    const bytes = Uint8Array.of(1, 1, 5, 5, ...limit, 3, 6, 1, 0, 0, 0);
    expect(() => raftCodec.decode(bytes)).toThrow('logIndex: expected at most 2^53-1, got more');
  });

  test('refuses more voters than any cluster has', () => {
    const voters = Array.from({ length: 1_001 }, () => [1, 97]).flat();
    const bytes = Uint8Array.of(1, 1, 9, 5, 9, 4, 3, 0xe9, 0x07, ...voters, 0);
    expect(() => raftCodec.decode(bytes)).toThrow('voters: expected at most 1000, got more');
  });

  test('does not share memory with the bytes it was given', () => {
    const payload = text.encode('ab');
    const bytes = raftCodec.encode({
      kind: 'appendEntries',
      term: 1,
      prevLogIndex: 0,
      prevLogTerm: 0,
      leaderCommit: 0,
      entries: [{ logIndex: 1, term: 1, kind: 'command', payload }],
    });
    const message = raftCodec.decode(bytes);
    bytes.fill(0);
    expect(message).toMatchObject({ entries: [{ payload }] });
  });

  test('refuses to encode what is no safe integer, and goes on with the next message', () => {
    const term = Number.NaN;
    expect(() => raftCodec.encode({ kind: 'heartbeatReply', term, round: 1 })).toThrow(RangeError);
    expect(Array.from(raftCodec.encode({ kind: 'heartbeatReply', term: 1, round: 1 }))).toEqual([
      2, 2, 8, 1, 1,
    ]);
  });

  test('refuses to encode entries of falling terms', () => {
    const entries = [{ logIndex: 2, term: 1, kind: 'noop', payload: new Uint8Array(0) }] as const;
    const message = { kind: 'appendEntries', term: 3, prevLogIndex: 1, prevLogTerm: 2 } as const;
    expect(() => raftCodec.encode({ ...message, leaderCommit: 0, entries })).toThrow(RangeError);
  });
});
