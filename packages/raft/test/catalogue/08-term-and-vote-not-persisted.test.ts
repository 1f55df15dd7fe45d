import { expect, test } from 'vitest';

import { CoreCluster, n1, n2, n3 } from '../support/core-cluster.ts';
import { patient } from '../support/lone-node.ts';
import { deliverBetween, rivalCandidates } from '../support/rival-candidates.ts';

// Term and vote are only in memory (PySyncObj#202; liferaft to this day). When all nodes start
// again, terms begin anew below those in the log, and new entries lose to old ones that were never
// committed; who voted before a crash votes again after it, in the same term.
//
// Protection: `changedHardState` of src/persistence.ts writes both whenever one changes, and what
// depends on them waits for it: `sendWhenDurable`. `initialState` of src/recovery.ts takes them up.
// Mutations: write no `currentTerm` of its own in `changedHardState`, or take up none in
// `initialState`: the first test fails. Write no `votedFor`, or answer `onRequestVote` by `send`:
// n1 and n2 lead the same term.

test('terms go on after all nodes were down', () => {
  const cluster = new CoreCluster({ random: patient, nodeCount: 3 });
  for (const leader of [n1, n2, n3]) {
    cluster.elect(leader);
    cluster.settle();
  }
  // A term without entries: nothing but the hard state remembers it.
  cluster.split([n1, n2]);
  cluster.campaign(n1);
  while (cluster.node(n2).disk.durable.hardState?.votedFor !== n1) cluster.settleOnce();
  const { currentTerm } = cluster.raft(n1);
  cluster.parcels = [];
  for (const id of cluster.ids) cluster.crash(id, 0);
  for (const id of cluster.ids) cluster.restart(id);
  expect(cluster.raft(n1).log.lastTerm).toBeLessThan(currentTerm);
  expect(cluster.raft(n1)).toMatchObject({ currentTerm, votedFor: n1 });
  expect(cluster.raft(n2)).toMatchObject({ currentTerm, votedFor: n1 });
  cluster.rejoin();
  cluster.elect(n3);
  cluster.settle();
  expect(cluster.raft(n3).currentTerm).toBeGreaterThan(currentTerm);
});

test('a vote is still given after a crash', () => {
  const cluster = rivalCandidates();
  cluster.completeWrites(n1, 1);
  cluster.completeWrites(n2, 1);
  deliverBetween(cluster, n1, n3);
  cluster.completeWrites(n3, 1);
  deliverBetween(cluster, n3, n1);
  expect(cluster.raft(n1)).toMatchObject({ role: { kind: 'leader' }, currentTerm: 1 });
  cluster.crash(n3, 0);
  cluster.restart(n3);
  deliverBetween(cluster, n2, n3);
  cluster.completeWrites(n3, 1);
  deliverBetween(cluster, n3, n2);
  expect(cluster.raft(n2)).toMatchObject({ role: { kind: 'candidate' }, currentTerm: 1 });
});

test('a vote that a crash took was never told to anyone', () => {
  const cluster = rivalCandidates();
  cluster.completeWrites(n1, 1);
  cluster.completeWrites(n2, 1);
  deliverBetween(cluster, n1, n3);
  deliverBetween(cluster, n3, n1);
  cluster.crash(n3, 0);
  cluster.restart(n3);
  deliverBetween(cluster, n2, n3);
  cluster.completeWrites(n3, 1);
  deliverBetween(cluster, n3, n2);
  expect(cluster.raft(n2)).toMatchObject({ role: { kind: 'leader' }, currentTerm: 1 });
  expect(cluster.raft(n1).role.kind).toBe('candidate');
});
