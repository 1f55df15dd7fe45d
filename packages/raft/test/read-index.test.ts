import { describe, expect, test } from 'vitest';

import { a, b, c, LoneNode } from './support/lone-node.ts';

function read(node: LoneNode, readId: number): void {
  node.step({ kind: 'readIndex', readId });
}

function acknowledge(node: LoneNode, from: typeof b, round: number): void {
  const { currentTerm: term } = node.raft;
  node.receive(from, { kind: 'heartbeatReply', term, round });
}

/** A leader of term 1 that has committed its no-op. */
function leaderInOffice(options: ConstructorParameters<typeof LoneNode>[0] = {}): LoneNode {
  const node = new LoneNode(options);
  node.becomeLeader();
  node.accept(b, 1);
  return node;
}

describe('a read', () => {
  test('is refused where nobody leads', () => {
    const node = new LoneNode();
    read(node, 7);
    expect(node.effects).toEqual([{ kind: 'readRefused', readId: 7, reason: 'notLeader' }]);
  });

  // Why this test? Reads were served before any majority had confirmed the leader.
  test('is answered once a majority acknowledged a round that began after it', () => {
    const node = leaderInOffice();
    read(node, 7);
    const { lastRound } = node.raft;
    expect(node.sentTo(b, 'heartbeat')).toMatchObject([{ round: lastRound }]);
    expect(node.did('readReady')).toEqual([]);
    acknowledge(node, b, lastRound);
    expect(node.did('readReady')).toEqual([{ kind: 'readReady', readId: 7, readIndex: 1 }]);
  });

  // Why this test? A fresh leader may not know yet what earlier leaders committed.
  test('waits until its leader has committed an entry of its own term', () => {
    const node = LoneNode.withLog([1, 1], 1);
    node.becomeLeader();
    read(node, 7);
    expect(node.sent).toEqual([]);
    node.tick();
    acknowledge(node, b, node.raft.lastRound);
    acknowledge(node, c, node.raft.lastRound);
    expect(node.did('readReady')).toEqual([]);
    node.accept(b, 3);
    expect(node.sentTo(b, 'heartbeat')).toHaveLength(1);
    acknowledge(node, b, node.raft.lastRound);
    expect(node.did('readReady')).toMatchObject([{ readId: 7, readIndex: 3 }]);
  });

  // Why this test? A retried read got a used id, and a late answer to the first confirmed the
  // second after leadership had moved.
  test('is not answered by an acknowledgement of an earlier round', () => {
    const node = leaderInOffice();
    node.tick();
    const earlier = node.raft.lastRound;
    read(node, 7);
    acknowledge(node, b, earlier);
    acknowledge(node, c, earlier);
    expect(node.did('readReady')).toEqual([]);
    expect(node.raft.lastRound).toBeGreaterThan(earlier);
  });

  test('rounds never start again, whatever the term', () => {
    const node = leaderInOffice();
    node.tick(3);
    const { lastRound } = node.raft;
    node.receive(b, { kind: 'heartbeat', term: 2, leaderCommit: 0, round: 1 });
    node.becomeLeader();
    node.tick();
    expect(node.raft.lastRound).toBe(lastRound + 1);
  });

  test('is not answered by an acknowledgement of a round that never was', () => {
    const node = leaderInOffice();
    read(node, 7);
    acknowledge(node, b, node.raft.lastRound + 5);
    expect(node.did('readReady')).toEqual([]);
  });

  test('is not answered by an acknowledgement in another term', () => {
    const node = leaderInOffice();
    read(node, 7);
    node.receive(b, { kind: 'heartbeatReply', term: 0, round: node.raft.lastRound });
    expect(node.did('readReady')).toEqual([]);
  });

  test('waits for the round under way, and shares the next with others', () => {
    const node = leaderInOffice();
    read(node, 1);
    const { lastRound } = node.raft;
    read(node, 2);
    read(node, 3);
    expect(node.raft.lastRound).toBe(lastRound);
    acknowledge(node, b, lastRound);
    expect(node.did('readReady').map(({ readId }) => readId)).toEqual([1]);
    expect(node.raft.lastRound).toBe(lastRound + 1);
    acknowledge(node, c, lastRound + 1);
    expect(node.did('readReady').map(({ readId }) => readId)).toEqual([2, 3]);
  });

  test('sees what was committed when its round began', () => {
    const node = leaderInOffice();
    node.propose('x');
    node.persist();
    read(node, 7);
    node.accept(b, 2);
    acknowledge(node, b, node.raft.lastRound);
    expect(node.did('readReady')).toMatchObject([{ readIndex: 1 }]);
  });

  test('whose round was lost is answered by the next heartbeat', () => {
    const node = leaderInOffice();
    read(node, 1);
    read(node, 2);
    node.tick();
    acknowledge(node, b, node.raft.lastRound);
    expect(node.did('readReady').map(({ readId }) => readId)).toEqual([1, 2]);
  });

  test('is refused when leadership is lost before it was confirmed', () => {
    const node = leaderInOffice();
    read(node, 1);
    read(node, 2);
    node.receive(b, { kind: 'heartbeat', term: 2, leaderCommit: 0, round: 1 });
    expect(node.did('readRefused')).toEqual([
      { kind: 'readRefused', readId: 1, reason: 'leadershipLost' },
      { kind: 'readRefused', readId: 2, reason: 'leadershipLost' },
    ]);
  });

  test('is refused when too many wait already', () => {
    const node = leaderInOffice({ maxPendingReads: 2 });
    read(node, 1);
    read(node, 2);
    read(node, 3);
    expect(node.did('readRefused')).toMatchObject([{ readId: 3, reason: 'tooManyReads' }]);
  });

  test('is answered at once in a cluster of one', () => {
    const node = new LoneNode({ voters: [a] });
    node.becomeLeader();
    read(node, 7);
    expect(node.did('readReady')).toMatchObject([{ readId: 7, readIndex: 1 }]);
  });
});

/** A follower of `b` in term 1. */
function followerOfB(options: ConstructorParameters<typeof LoneNode>[0] = {}): LoneNode {
  const node = new LoneNode(options);
  node.receive(b, { kind: 'heartbeat', term: 1, leaderCommit: 0, round: 1 });
  return node;
}

/** What `b` says about the last request it got of `node`. */
function confirm(node: LoneNode, readIndex: number, isByLease = false): void {
  const request = node.sentTo(b, 'readIndexRequest').at(-1);
  if (request === undefined) throw new Error('the test made it ask');
  const { nonce, requestId, term } = request;
  const result = { kind: 'confirmed', readIndex, isByLease } as const;
  node.receive(b, { kind: 'readIndexReply', term, nonce, requestId, result });
}

describe('a read of a node that does not lead', () => {
  test('asks the leader, once for all reads of a step', () => {
    const node = followerOfB();
    node.stepAll({ kind: 'readIndex', readId: 1 }, { kind: 'readIndex', readId: 2 });
    expect(node.sent.map(({ to, message }) => [to, message.kind])).toEqual([
      [b, 'readIndexRequest'],
    ]);
    confirm(node, 7);
    expect(node.effects).toEqual([
      { kind: 'readReady', readId: 1, readIndex: 7 },
      { kind: 'readReady', readId: 2, readIndex: 7 },
    ]);
  });

  test('asks again after half an election timeout of silence', () => {
    const node = followerOfB();
    read(node, 1);
    node.tick(4);
    expect(node.sentTo(b, 'readIndexRequest')).toEqual([]);
    node.tick();
    expect(node.sentTo(b, 'readIndexRequest')).toHaveLength(1);
  });

  test('asks the next leader, as soon as it is known', () => {
    const node = followerOfB();
    read(node, 1);
    node.receive(c, { kind: 'heartbeat', term: 2, leaderCommit: 0, round: 1 });
    expect(node.sentTo(c, 'readIndexRequest')).toMatchObject([{ term: 2 }]);
  });

  test('is not answered by a leader of an earlier term', () => {
    const node = followerOfB();
    read(node, 1);
    const { nonce } = node.raft.remoteReads;
    node.receive(c, { kind: 'heartbeat', term: 2, leaderCommit: 0, round: 1 });
    const result = { kind: 'confirmed', readIndex: 7, isByLease: false } as const;
    node.receive(b, { kind: 'readIndexReply', term: 1, nonce, requestId: 1, result });
    expect(node.effects).toEqual([]);
  });

  test('goes on as a read of its own once this node leads', () => {
    const node = followerOfB();
    read(node, 1);
    node.becomeLeader();
    node.accept(b, 1);
    acknowledge(node, b, node.raft.lastRound);
    expect(node.did('readReady')).toEqual([{ kind: 'readReady', readId: 1, readIndex: 1 }]);
  });

  test('is asked for no more once nobody waits for it', () => {
    const node = followerOfB();
    read(node, 1);
    node.step({ kind: 'forgetRead', readId: 1 });
    node.tick(5);
    expect(node.sent).toEqual([]);
  });

  test('is refused where too many wait, here or on the leader', () => {
    const node = followerOfB({ maxPendingReads: 1 });
    read(node, 1);
    const request = node.sentTo(b, 'readIndexRequest').at(-1)!;
    read(node, 2);
    expect(node.effects).toEqual([{ kind: 'readRefused', readId: 2, reason: 'tooManyReads' }]);
    const { term, nonce, requestId } = request;
    const result = { kind: 'refused' } as const;
    node.receive(b, { kind: 'readIndexReply', term, nonce, requestId, result });
    expect(node.effects).toEqual([{ kind: 'readRefused', readId: 1, reason: 'tooManyReads' }]);
  });

  test('is not confirmed by a lease if it did not ask for one', () => {
    const node = followerOfB();
    read(node, 1);
    confirm(node, 7, true);
    expect(node.effects).toEqual([]);
  });

  test('by a lease is confirmed by one', () => {
    const node = followerOfB();
    node.step({ kind: 'leaseRead', readId: 1, clock: { nowMs: 0, wallTimeMs: 0 } });
    expect(node.sentTo(b, 'readIndexRequest')).toMatchObject([{ isLeaseEnough: true }]);
    confirm(node, 7, true);
    expect(node.effects).toEqual([{ kind: 'readReady', readId: 1, readIndex: 7 }]);
  });
});

describe('a leader that is asked by another node', () => {
  const request = {
    kind: 'readIndexRequest',
    term: 1,
    nonce: 4,
    requestId: 9,
    isLeaseEnough: false,
  } as const;

  test('answers once a majority acknowledged a round that began after the request', () => {
    const node = leaderInOffice();
    node.tick();
    const earlier = node.raft.lastRound;
    node.receive(c, request);
    acknowledge(node, b, earlier);
    expect(node.sentTo(c, 'readIndexReply')).toEqual([]);
    acknowledge(node, b, node.raft.lastRound);
    const result = { kind: 'confirmed', readIndex: 1, isByLease: false };
    expect(node.sentTo(c, 'readIndexReply')).toMatchObject([{ nonce: 4, requestId: 9, result }]);
  });

  test('says nothing once it leads no more', () => {
    const node = leaderInOffice();
    node.receive(c, request);
    node.receive(b, { kind: 'heartbeat', term: 2, leaderCommit: 0, round: 1 });
    expect(node.sentTo(c, 'readIndexReply')).toEqual([]);
    node.receive(c, request);
    node.receive(c, { ...request, term: 2 });
    expect(node.sentTo(c, 'readIndexReply')).toEqual([]);
  });

  test('refuses when too many reads wait already', () => {
    const node = leaderInOffice({ maxPendingReads: 1 });
    read(node, 1);
    node.receive(c, request);
    expect(node.sentTo(c, 'readIndexReply')).toMatchObject([{ result: { kind: 'refused' } }]);
  });

  test('answers by its lease what a lease may answer, if it knows the time', () => {
    const node = leaderInOffice({ maxClockDriftPpm: 1_000 });
    const clock = { nowMs: 0, wallTimeMs: 0 };
    node.step({ kind: 'tick', clock });
    acknowledge(node, b, node.raft.lastRound);
    node.receive(c, { ...request, isLeaseEnough: true });
    expect(node.sentTo(c, 'readIndexReply')).toEqual([]);
    node.receive(c, request);
    expect(node.sentTo(c, 'readIndexReply')).toEqual([]);
    const message = { ...request, isLeaseEnough: true };
    node.step({ kind: 'receive', from: c, message, clock: { nowMs: 9, wallTimeMs: 9 } });
    const result = { kind: 'confirmed', readIndex: 1, isByLease: true };
    expect(node.sentTo(c, 'readIndexReply')).toMatchObject([{ result }]);
  });
});
