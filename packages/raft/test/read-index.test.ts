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
  test('is refused by who does not lead', () => {
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
