import { describe, expect, test } from 'vitest';

import { CoreCluster, n1, n2, n3 } from '../support/core-cluster.ts';
import { b, LoneNode, patient } from '../support/lone-node.ts';

// A follower learns the commit index before its disk is done (redpanda#31642). It takes the smaller
// of that and of what it has flushed, the flush ends, and nobody computes it again: until the next
// message it stands still, and where nobody writes, for ever.
//
// Protection: the commit index is kept as the leader says it, whatever the disk has; what may be
// applied is computed again at the end of every step: `applyCommitted` in src/commitment.ts.
// Mutation: let `onAppendEntries` commit no more than `log.durableIndex`; the first two tests fail.
// Let `applyCommitted` forget `log.durableIndex`, which is the opposite; the third fails.

describe('a follower whose disk is slower than the word of the commit', () => {
  test('applies as soon as its write is durable, without another word', () => {
    const node = LoneNode.withLog([1], 1);
    node.append(b, 1, { prevLogIndex: 1, prevLogTerm: 1, terms: [1, 1], leaderCommit: 3 });
    expect(node.raft.commitIndex).toBe(3);
    node.persist();
    expect(node.did('apply').flatMap(({ entries }) => entries)).toHaveLength(2);
  });

  test('applies as much as is durable, write by write', () => {
    const node = LoneNode.withLog([1], 1);
    for (const prevLogIndex of [1, 2, 3]) {
      node.append(b, 1, { prevLogIndex, prevLogTerm: 1, terms: [1], leaderCommit: 4 });
    }
    for (const ticket of [1, 2, 3]) {
      node.step({ kind: 'persisted', ticket });
      expect(node.raft.applyingIndex).toBe(1 + ticket);
    }
  });

  test('applies nothing before', () => {
    const node = LoneNode.withLog([1], 1);
    node.step({ kind: 'applied', logIndex: 0 });
    node.append(b, 1, { prevLogIndex: 1, prevLogTerm: 1, terms: [1], leaderCommit: 2 });
    expect(node.raft.applyingIndex).toBe(1);
  });
});

test('where nobody writes any more, everyone has applied everything a heartbeat later', () => {
  const cluster = new CoreCluster({ random: patient, nodeCount: 3 });
  cluster.elect(n1);
  cluster.settle();
  cluster.propose(n1, 3);
  // All messages arrive before any disk is done.
  while (cluster.parcels.length > 0) cluster.deliver(0);
  for (const id of [n1, n3]) cluster.completeWrites(id, 9);
  while (cluster.parcels.length > 0) cluster.deliver(0);
  expect(cluster.raft(n1).commitIndex).toBe(4);
  cluster.input(n1, { kind: 'tick' });
  while (cluster.parcels.length > 0) cluster.deliver(0);
  cluster.completeWrites(n2, 9);
  cluster.settle();
  for (const id of cluster.ids) expect(cluster.raft(id).lastApplied).toBe(4);
});
