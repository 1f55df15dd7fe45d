import { describe, expect, test } from 'vitest';

import { Lease } from '../src/lease.ts';
import { type a, b, c, LoneNode } from './support/lone-node.ts';

const leases = { maxClockDriftPpm: 1_000, tickMs: 50 };
/** Ten ticks of 50 ms less two, by two clocks that are each off by 1,000 ppm, less two. */
const lengthMs = (400 * 0.999) / 1.001 - 2;

/** Both clocks agree. */
function at(nowMs: number, wallOffsetMs = 0): { nowMs: number; wallTimeMs: number } {
  return { nowMs, wallTimeMs: 1_000_000 + nowMs + wallOffsetMs };
}

function tickAt(node: LoneNode, nowMs: number): void {
  node.step({ kind: 'tick', clock: at(nowMs) });
}

function answer(node: LoneNode, from: typeof b, round = node.raft.lastRound): void {
  const { currentTerm: term } = node.raft;
  node.receive(from, { kind: 'heartbeatReply', term, round });
}

/** Whether a read at this time needed no message. */
function readsAt(node: LoneNode, clock: ReturnType<typeof at>): boolean {
  node.step({ kind: 'leaseRead', readId: 7, clock });
  return node.did('readReady').length === 1;
}

/** Leads term 1, has committed its no-op and has had the round of time 0 answered by b. */
function leaderWithLease(options: ConstructorParameters<typeof LoneNode>[0] = {}): LoneNode {
  const node = new LoneNode({ ...leases, ...options });
  node.becomeLeader();
  node.accept(b, 1);
  node.accept(c, 1);
  tickAt(node, 0);
  answer(node, b);
  return node;
}

describe('a lease', () => {
  test('answers a read at once, with what is committed', () => {
    const node = leaderWithLease();
    node.step({ kind: 'leaseRead', readId: 7, clock: at(10) });
    expect(node.effects).toEqual([{ kind: 'readReady', readId: 7, readIndex: 1 }]);
  });

  test('ends before the first voter is free, by any clock within the bound', () => {
    const node = leaderWithLease();
    expect(readsAt(node, at(lengthMs - 0.001))).toBe(true);
    expect(readsAt(node, at(lengthMs))).toBe(false);
  });

  // Why this test? Counted from the answer, a lease outlives the promise by the time on the way.
  test('counts from when the round was sent, not from when it was answered', () => {
    const node = leaderWithLease();
    tickAt(node, 300);
    const { lastRound } = node.raft;
    tickAt(node, 390);
    answer(node, b, lastRound);
    expect(readsAt(node, at(300 + lengthMs - 1))).toBe(true);
    expect(readsAt(node, at(300 + lengthMs))).toBe(false);
  });

  test('falls back to a round of heartbeats', () => {
    const node = leaderWithLease();
    node.step({ kind: 'leaseRead', readId: 7, clock: at(500) });
    expect(node.sentTo(b, 'heartbeat')).toHaveLength(1);
    answer(node, c);
    expect(node.did('readReady')).toMatchObject([{ readId: 7, readIndex: 1 }]);
  });

  test('needs a quorum: one answer of five is none', () => {
    const voters = ['a', 'b', 'c', 'd', 'e'].map((name) => name as typeof a);
    const node = leaderWithLease({ voters });
    expect(readsAt(node, at(1))).toBe(false);
    const { lastRound } = node.raft;
    answer(node, c, lastRound);
    expect(readsAt(node, at(2))).toBe(true);
  });

  test('needs an entry of the own term to be committed', () => {
    const node = new LoneNode(leases);
    node.becomeLeader();
    tickAt(node, 0);
    answer(node, b);
    expect(readsAt(node, at(1))).toBe(false);
  });

  // Why this test? The monotonic clock may stand still while a machine is suspended.
  test.each([
    ['behind', 5_000],
    ['ahead', -5_000],
  ])('is void when the monotonic clock fell %s of the wall clock', (_name, offsetMs) => {
    const node = leaderWithLease();
    expect(readsAt(node, at(10, offsetMs))).toBe(false);
  });

  test('forgives the wall clock the grain of its milliseconds', () => {
    const node = leaderWithLease();
    expect(readsAt(node, at(10, 2))).toBe(true);
    expect(readsAt(node, at(10, 2.1))).toBe(false);
  });

  test('is none for the rest of the term once another was told to take over', () => {
    const node = leaderWithLease();
    node.step({ kind: 'transferLeadership', transferId: 1, to: c });
    expect(node.sentTo(c, 'timeoutNow')).toHaveLength(1);
    expect(readsAt(node, at(10))).toBe(false);
    for (let tick = 1; tick <= 12; tick += 1) {
      tickAt(node, 10 * tick);
      answer(node, b);
    }
    expect(node.leadership.transfer).toBeUndefined();
    expect(readsAt(node, at(130))).toBe(false);
  });

  test('is none without a bound of the drift', () => {
    const node = leaderWithLease({ maxClockDriftPpm: 0 });
    expect(readsAt(node, at(1))).toBe(false);
  });

  test('is none where two ticks are all there is', () => {
    const lease = new Lease({ ...leases, electionTimeoutTicks: 2 });
    lease.begin(1, at(0));
    expect(lease.isValid(1, at(0))).toBe(false);
  });
});

describe('a voter that a leader counts on', () => {
  const asked = { kind: 'requestVote', lastLogIndex: 9, lastLogTerm: 9 } as const;

  /** Past its first election timeout, and has just heard b lead term 1. */
  function voter(options: ConstructorParameters<typeof LoneNode>[0] = {}): LoneNode {
    const node = new LoneNode({ ...leases, ...options });
    node.tick(10);
    node.receive(b, { kind: 'heartbeat', term: 1, leaderCommit: 0, round: 1 });
    return node;
  }

  // Why this test? An answer of old carried a higher term, and with the term the promise was gone.
  test('keeps its promise when it hears of a higher term', () => {
    const node = voter();
    node.tick(9);
    node.receive(c, { kind: 'preVoteReply', term: 2, voteGranted: false });
    expect(node.raft).toMatchObject({ currentTerm: 2, leaderId: undefined });
    node.receive(c, { ...asked, term: 2 });
    expect(node.sentTo(c, 'requestVoteReply')).toMatchObject([{ voteGranted: false }]);
    node.tick();
    node.receive(c, { ...asked, term: 2 });
    node.persist();
    expect(node.sentTo(c, 'requestVoteReply')).toMatchObject([{ voteGranted: true }]);
  });

  test('does not hold it against the leader itself', () => {
    const node = voter();
    node.receive(b, { ...asked, term: 2 });
    node.persist();
    expect(node.sentTo(b, 'requestVoteReply')).toMatchObject([{ voteGranted: true }]);
  });

  test('does not hold it against whom the leader told to take over', () => {
    const node = voter();
    node.receive(c, { ...asked, term: 2, isTransfer: true });
    node.persist();
    expect(node.sentTo(c, 'requestVoteReply')).toMatchObject([{ voteGranted: true }]);
  });

  // Why this test? Before the restart it may have answered a leader.
  test.each(['preVote', 'requestVote'] as const)('grants no %s right after a restart', (kind) => {
    const node = LoneNode.withLog([1], 1, leases);
    node.tick(9);
    node.receive(c, { ...asked, kind, term: 2 });
    expect(node.raft.votedFor).toBeUndefined();
    expect(
      node.sent.filter(({ message }) => 'voteGranted' in message && message.voteGranted),
    ).toEqual([]);
    node.tick();
    node.receive(c, { ...asked, kind, term: 2 });
    node.persist();
    expect(kind === 'preVote' || node.raft.votedFor === c).toBe(true);
  });

  test('does not forget its leader on request', () => {
    const node = voter();
    node.step({ kind: 'forgetLeader' });
    expect(node.raft.leaderId).toBe(b);
  });
});
