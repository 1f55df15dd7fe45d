import { nodeId } from '@quorate/transport';
import fc from 'fast-check';

import { configurationOf } from '../../src/configuration.ts';
import type { Entry, RaftMessage } from '../../src/messages.ts';

const anyNumber = fc.oneof(fc.nat(300), fc.maxSafeNat());
const anyTerm = anyNumber.map((term) => Math.max(1, term));

/** A position of a log, and a term that is not below it. */
const positionAndTerm = fc
  .tuple(anyNumber, anyTerm, fc.nat(5))
  .map(([logIndex, logTerm, rise]) => ({
    logIndex,
    logTerm: logIndex === 0 ? 0 : logTerm,
    term: Math.min(Number.MAX_SAFE_INTEGER, logTerm + rise),
  }));

const appendEntries: fc.Arbitrary<RaftMessage> = fc
  .record({
    at: positionAndTerm,
    leaderCommit: anyNumber,
    contents: fc.array(
      fc.record({
        rise: fc.nat(1),
        isNoop: fc.boolean(),
        payload: fc.uint8Array({ maxLength: 20 }),
      }),
      { maxLength: 6 },
    ),
  })
  .map(({ at, leaderCommit, contents }) => {
    const prevLogIndex = Math.min(at.logIndex, Number.MAX_SAFE_INTEGER - contents.length);
    const prevLogTerm = prevLogIndex === 0 ? 0 : at.logTerm;
    let entryTerm = Math.max(1, prevLogTerm);
    const entries = contents.map(({ rise, isNoop, payload }, place): Entry => {
      entryTerm = Math.min(at.term, entryTerm + rise);
      return {
        logIndex: prevLogIndex + place + 1,
        term: entryTerm,
        kind: isNoop ? 'noop' : 'command',
        payload: isNoop ? new Uint8Array(0) : payload,
      };
    });
    const { term } = at;
    return { kind: 'appendEntries', term, prevLogIndex, prevLogTerm, leaderCommit, entries };
  });

const installSnapshot: fc.Arbitrary<RaftMessage> = fc
  .record({
    at: positionAndTerm,
    names: fc.uniqueArray(fc.string({ minLength: 1, maxLength: 15, unit: 'grapheme' }), {
      maxLength: 5,
    }),
    data: fc.uint8Array({ maxLength: 40 }),
  })
  .map(({ at, names, data }) => ({
    kind: 'installSnapshot',
    term: at.term,
    snapshot: {
      lastIncludedIndex: Math.max(1, at.logIndex),
      lastIncludedTerm: Math.max(1, at.logTerm),
      configurationIndex: Math.min(at.logIndex, 7),
      configuration: configurationOf(
        names.filter((name) => new TextEncoder().encode(name).length <= 64).map(nodeId),
      ),
      data,
    },
  }));

const snapshotChunk: fc.Arbitrary<RaftMessage> = fc
  .record({
    whole: installSnapshot,
    data: fc.uint8Array({ maxLength: 40 }),
    before: fc.nat(),
    behind: fc.nat(),
    crc: fc.nat(),
  })
  .map(({ whole, data, before, behind, crc }) => {
    if (whole.kind !== 'installSnapshot') throw new Error('a snapshot was asked for');
    const { data: _, ...snapshot } = whole.snapshot;
    const sizeBytes = before + data.length + behind;
    const { term } = whole;
    return {
      kind: 'snapshotChunk',
      term,
      snapshot,
      sizeBytes,
      crc,
      offset: before,
      dataCrc: crc,
      data,
    };
  });

const voteRequest: fc.Arbitrary<RaftMessage> = fc
  .tuple(fc.constantFrom('preVote', 'requestVote'), positionAndTerm)
  .map(([kind, { logIndex, logTerm, term }]) => ({
    kind,
    term,
    lastLogIndex: logIndex,
    lastLogTerm: logTerm,
  }));

const preferredVote: fc.Arbitrary<RaftMessage> = fc
  .tuple(positionAndTerm, fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }))
  .map(([{ logIndex, logTerm, term }, priority]) => ({
    kind: 'preVote',
    term,
    lastLogIndex: logIndex,
    lastLogTerm: logTerm,
    priority,
  }));

const transferVote: fc.Arbitrary<RaftMessage> = positionAndTerm.map(
  ({ logIndex, logTerm, term }) => ({
    kind: 'requestVote',
    term,
    lastLogIndex: logIndex,
    lastLogTerm: logTerm,
    isTransfer: true,
  }),
);

const appendReply: fc.Arbitrary<RaftMessage> = fc.record({
  kind: fc.constant('appendEntriesReply'),
  term: anyNumber,
  result: fc.oneof(
    fc.record({ kind: fc.constant('accepted'), matchIndex: anyNumber }),
    fc.tuple(anyNumber, anyNumber, anyNumber).map(([left, right, hintTerm]) => ({
      kind: 'rejected' as const,
      prevLogIndex: Math.max(left, right),
      hintIndex: Math.min(left, right),
      hintTerm,
    })),
  ),
});

const fetchEntries: fc.Arbitrary<RaftMessage> = fc.record({
  kind: fc.constant('fetchEntries'),
  term: anyNumber,
  prevLogIndex: anyNumber,
  prevLogTerm: anyNumber,
  toIndex: anyNumber,
  anchorIndex: anyNumber,
  anchorTerm: anyNumber,
  question: anyNumber,
  isFence: fc.boolean(),
  wantsSnapshot: fc.boolean(),
});

const fetchedEntries: fc.Arbitrary<RaftMessage> = fc
  .record({
    append: appendEntries,
    question: anyNumber,
    isLeader: fc.boolean(),
    isAligned: fc.boolean(),
    isDefinite: fc.boolean(),
    isCompacted: fc.boolean(),
  })
  .map(({ append, ...rest }) => {
    if (append.kind !== 'appendEntries') throw new Error('entries were asked for');
    const { term, prevLogIndex, prevLogTerm, entries } = append;
    const place = { term, prevLogIndex, prevLogTerm, anchorTerm: prevLogTerm };
    return { kind: 'fetchedEntries', ...place, ...rest, entries };
  });

/** Every message that nodes can say, with numbers up to 2^53-1. */
export const raftMessage: fc.Arbitrary<RaftMessage> = fc.oneof(
  voteRequest,
  transferVote,
  preferredVote,
  fc.record({ kind: fc.constant('timeoutNow'), term: anyNumber }),
  fc.record({
    kind: fc.constantFrom('preVoteReply', 'requestVoteReply'),
    term: anyNumber,
    voteGranted: fc.boolean(),
  }),
  appendEntries,
  appendReply,
  fc.record({
    kind: fc.constant('heartbeat'),
    term: anyNumber,
    leaderCommit: anyNumber,
    round: anyNumber,
  }),
  fc.record({ kind: fc.constant('heartbeatReply'), term: anyNumber, round: anyNumber }),
  installSnapshot,
  fc.record({
    kind: fc.constant('installSnapshotReply'),
    term: anyNumber,
    matchIndex: anyNumber,
  }),
  snapshotChunk,
  fetchEntries,
  fetchedEntries,
  fc.record({
    kind: fc.constant('forwardProposal'),
    term: anyNumber,
    nonce: anyNumber,
    forwardId: anyNumber,
    payloads: fc.array(fc.uint8Array({ maxLength: 20 }), { minLength: 1, maxLength: 5 }),
  }),
  fc.record({
    kind: fc.constant('forwardReply'),
    term: anyNumber,
    nonce: anyNumber,
    forwardId: anyNumber,
    result: fc.oneof(
      fc.record({ kind: fc.constant('proposed'), firstIndex: anyTerm }),
      fc.record({
        kind: fc.constant('refused'),
        reason: fc.constantFrom('tooManyUncommitted', 'transferring'),
      }),
    ),
  }),
  fc.record({
    kind: fc.constant('readIndexRequest'),
    term: anyNumber,
    nonce: anyNumber,
    requestId: anyNumber,
    isLeaseEnough: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('readIndexReply'),
    term: anyNumber,
    nonce: anyNumber,
    requestId: anyNumber,
    result: fc.oneof(
      fc.record({ kind: fc.constant('refused') }),
      fc.record({
        kind: fc.constant('confirmed'),
        readIndex: anyNumber,
        isByLease: fc.boolean(),
      }),
    ),
  }),
  fc.record({
    kind: fc.constant('snapshotChunkReply'),
    term: anyNumber,
    lastIncludedIndex: anyNumber,
    crc: fc.nat(),
    result: fc.constantFrom('held', 'gap', 'damaged', 'unknown'),
    offset: anyNumber,
  }),
);
