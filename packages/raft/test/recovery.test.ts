import { describe, expect, test } from 'vitest';

import { configurationOf } from '../src/configuration.ts';
import type { RaftOptions } from '../src/options.ts';
import { createRaft } from '../src/raft.ts';
import { a, b, c, entriesOf, LoneNode, patient } from './support/lone-node.ts';

function create(options: Partial<RaftOptions>): ReturnType<typeof createRaft> {
  return createRaft({ id: a, voters: [a, b, c], random: patient, ...options });
}

const inTerm = (currentTerm: number): Pick<RaftOptions, 'hardState'> => ({
  hardState: { currentTerm, votedFor: undefined, promised: undefined },
});

describe('a node that comes up', () => {
  test('on an empty disk is a follower of term 0 with nothing', () => {
    const raft = create({});
    expect(raft).toMatchObject({ currentTerm: 0, votedFor: undefined, commitIndex: 0 });
    expect(raft.role.kind).toBe('follower');
    expect(raft.log.lastIndex).toBe(0);
  });

  test('remembers term, vote and log', () => {
    const raft = create({
      hardState: { currentTerm: 4, votedFor: b, promised: undefined },
      entries: entriesOf([1, 3]),
    });
    expect(raft).toMatchObject({ currentTerm: 4, votedFor: b });
    expect(raft.log.lastPosition).toEqual({ logIndex: 2, term: 3 });
    expect(raft.log.durableIndex).toBe(2);
  });

  test('takes its snapshot for committed and applied, and nothing beyond', () => {
    const raft = create({
      ...inTerm(3),
      snapshot: { logIndex: 5, term: 2 },
      entries: entriesOf([2, 3], 6),
    });
    expect(raft).toMatchObject({ commitIndex: 5, lastApplied: 5, applyingIndex: 5 });
    expect(raft.log.lastIndex).toBe(7);
  });

  test('keeps entries before the snapshot for slow followers', () => {
    const raft = create({
      ...inTerm(3),
      snapshot: { logIndex: 5, term: 2 },
      logStart: { logIndex: 3, term: 1 },
      entries: entriesOf([2, 2, 3], 4),
    });
    expect(raft.log.firstIndex).toBe(4);
    expect(raft.commitIndex).toBe(5);
  });

  test('writes nothing before something happens', () => {
    const node = LoneNode.withLog([1, 1]);
    node.tick();
    expect(node.did('persist')).toEqual([]);
  });

  test.each<[string, Partial<RaftOptions>, string]>([
    ['a cluster without itself', { voters: [b, c] }, 'voters: expected a among them, got b, c'],
    ['the same voter twice', { voters: [a, b, b] }, 'voters: expected no duplicates, got a, b, b'],
    [
      'a gap in the log',
      { ...inTerm(1), entries: entriesOf([1], 2) },
      'entries: expected index 1, got 2',
    ],
    [
      'a falling term',
      { ...inTerm(2), entries: entriesOf([2, 1]) },
      'entries: expected a term of at least 2, got 1',
    ],
    [
      'a term below that of the log',
      { ...inTerm(1), entries: entriesOf([2]) },
      "currentTerm: expected at least the log's last term 2, got 1",
    ],
    [
      'a term that is no integer',
      inTerm(1.5),
      'currentTerm: expected a safe integer >= 0, got 1.5',
    ],
    ['a term of 2^53', inTerm(2 ** 53), 'currentTerm: expected a safe integer >= 0'],
    [
      'a snapshot beyond the log',
      {
        ...inTerm(2),
        snapshot: { logIndex: 3, term: 2 },
        logStart: { logIndex: 0, term: 0 },
        entries: entriesOf([1, 2]),
      },
      'snapshot: expected a position within the log, got index 3 of term 2 where the log has',
    ],
    [
      'a snapshot of another history',
      {
        ...inTerm(2),
        snapshot: { logIndex: 1, term: 2 },
        logStart: { logIndex: 0, term: 0 },
        entries: entriesOf([1, 2]),
      },
      'got index 1 of term 2 where the log has 1',
    ],
    [
      'damage elsewhere than after the log',
      { ...inTerm(1), damaged: { firstDamagedIndex: 4, lastIndex: 9, lastTerm: 1 } },
      'firstDamagedIndex: expected 1, got 4',
    ],
  ])('refuses %s', (_case, options, message) => {
    expect(() => create(options)).toThrow(RangeError);
    expect(() => create(options)).toThrow(message);
  });
});

/** Held entries 1..9 of terms up to 3; from 5 on they cannot be read any more. */
function damagedNode(options: Partial<RaftOptions> = {}): LoneNode {
  return LoneNode.withLog([1, 1, 2, 2], 4, {
    damaged: { firstDamagedIndex: 5, lastIndex: 9, lastTerm: 3 },
    ...options,
  });
}

describe('a node with a damaged log', () => {
  test('cuts the damage off with its first write, and writes down what it had promised', () => {
    const node = damagedNode();
    node.tick();
    expect(node.did('persist')).toEqual([
      {
        kind: 'persist',
        ticket: 1,
        hardState: {
          currentTerm: 4,
          votedFor: undefined,
          promised: { logIndex: 9, term: 3 },
        },
        snapshot: undefined,
        truncateFrom: 5,
        entries: [],
      },
    ]);
  });

  test('neither votes nor pre-votes, even for a log that has all it lost', () => {
    const node = damagedNode();
    const request = { term: 9, lastLogIndex: 99, lastLogTerm: 8 };
    node.receive(b, { kind: 'preVote', ...request });
    expect(node.sentTo(b, 'preVoteReply')).toMatchObject([{ voteGranted: false }]);
    node.receive(b, { kind: 'requestVote', ...request });
    expect(node.sentTo(b, 'requestVoteReply')).toMatchObject([{ term: 9, voteGranted: false }]);
    expect(node.raft.votedFor).toBeUndefined();
  });

  test('does not campaign, however long it waits', () => {
    const node = damagedNode();
    node.tick(1_000);
    expect(node.sent.filter(({ message }) => message.kind !== 'fetchEntries')).toEqual([]);
    expect(node.raft.role.kind).toBe('follower');
  });

  test('refuses proposals and reads as recovering', () => {
    const node = damagedNode();
    node.propose('x');
    expect(node.did('proposalRefused')).toMatchObject([{ reason: 'recovering' }]);
    node.step({ kind: 'readIndex', readId: 1 });
    expect(node.did('readRefused')).toMatchObject([{ reason: 'recovering' }]);
  });

  test('acknowledges exactly what it gets back', () => {
    const node = damagedNode();
    node.append(b, 5, { prevLogIndex: 9, prevLogTerm: 3 });
    expect(node.sentTo(b, 'appendEntriesReply')).toMatchObject([
      { result: { kind: 'rejected', prevLogIndex: 9, hintIndex: 4, hintTerm: 2 } },
    ]);
    node.append(b, 5, { prevLogIndex: 4, prevLogTerm: 2, terms: [2, 3] });
    node.persist();
    expect(node.sentTo(b, 'appendEntriesReply')).toMatchObject([
      { result: { kind: 'accepted', matchIndex: 6 } },
    ]);
    expect(node.raft.promised).toEqual({ logIndex: 9, term: 3 });
  });

  test('is whole again once its durable log reaches what it had promised', () => {
    const node = damagedNode();
    node.append(b, 5, { prevLogIndex: 4, prevLogTerm: 2, terms: [2, 3, 3, 3, 3] });
    expect(node.raft.promised).toBeDefined();
    node.persist();
    expect(node.did('recovered')).toHaveLength(1);
    expect(node.did('persist')).toMatchObject([{ hardState: { promised: undefined } }]);
    node.receive(c, { kind: 'requestVote', term: 9, lastLogIndex: 99, lastLogTerm: 8 });
    expect(node.raft.votedFor).toBeUndefined();
    node.tick(10);
    node.receive(c, { kind: 'requestVote', term: 9, lastLogIndex: 99, lastLogTerm: 8 });
    expect(node.raft.votedFor).toBe(c);
  });

  test('is whole again with fewer entries of a later term', () => {
    const node = damagedNode();
    node.append(b, 5, { prevLogIndex: 4, prevLogTerm: 2, terms: [5] });
    node.persist();
    expect(node.did('recovered')).toHaveLength(1);
  });

  test('is whole again with a snapshot that covers all', () => {
    const node = damagedNode();
    const configuration = configurationOf([a, b, c]);
    const at = { configuration, configurationIndex: 0 };
    const snapshot = { lastIncludedIndex: 9, lastIncludedTerm: 3, ...at };
    const data = new Uint8Array(0);
    node.receive(b, { kind: 'installSnapshot', term: 5, snapshot: { ...snapshot, data } });
    expect(node.raft.promised).toBeDefined();
    node.persist();
    expect(node.did('recovered')).toHaveLength(1);
  });

  test('keeps its promise across a restart in the middle of the repair', () => {
    const promised = { logIndex: 9, term: 3 };
    const hardState = { currentTerm: 4, votedFor: undefined, promised };
    const node = LoneNode.withLog([1, 1, 2, 2, 2, 3], 4, { hardState });
    expect(node.raft.promised).toEqual(promised);
    node.receive(b, { kind: 'preVote', term: 9, lastLogIndex: 99, lastLogTerm: 8 });
    expect(node.sentTo(b, 'preVoteReply')).toMatchObject([{ voteGranted: false }]);
  });

  test('keeps the larger of two promises', () => {
    const hardState = {
      currentTerm: 4,
      votedFor: undefined,
      promised: { logIndex: 20, term: 3 },
    };
    expect(damagedNode({ hardState }).raft.promised).toEqual({ logIndex: 20, term: 3 });
    const smaller = { ...hardState, promised: { logIndex: 20, term: 2 } };
    expect(damagedNode({ hardState: smaller }).raft.promised).toEqual({ logIndex: 9, term: 3 });
  });

  test('forgets a promise that its log has kept already', () => {
    const promised = { logIndex: 2, term: 1 };
    const hardState = { currentTerm: 4, votedFor: undefined, promised };
    const node = LoneNode.withLog([1, 1, 2], 4, { hardState });
    expect(node.raft.promised).toBeUndefined();
    node.tick();
    expect(node.did('persist')).toMatchObject([{ hardState: { promised: undefined } }]);
  });
});
