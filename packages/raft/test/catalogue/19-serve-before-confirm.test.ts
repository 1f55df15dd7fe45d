import { expect, test } from 'vitest';

import { CoreCluster, n1, n2, n3, type Parcel } from '../support/core-cluster.ts';
import { patient } from '../support/lone-node.ts';

// Stale read before a quorum has confirmed (d-engine#381), and: verify the leader, pause, read
// (hashicorp/raft#603 about Consul). A process that stands still for a while wakes as a leader in
// its own eyes. What it verified before proves nothing about reads that arrive after.
//
// Protection: a read joins a round of heartbeats that is sent after it arrived, `ReadQueue.begin`,
// and is answered by a majority's acknowledgements of it, `confirmReads` in src/read-index.ts.
// Mutations: a `confirmReads` with `state.lastRound` for `answeredRound` fails all of these tests;
// a `ReadQueue.add` that puts reads into the round under way, the second and the third.

function clusterLedByN1(): CoreCluster {
  const cluster = new CoreCluster({ random: patient, nodeCount: 3 });
  cluster.elect(n1);
  cluster.settle();
  return cluster;
}

/** n1 stands still. The others elect n2, and commit what n1 does not know. */
function replaceN1(cluster: CoreCluster): void {
  cluster.split([n2, n3]);
  cluster.elect(n2);
  cluster.settle();
  cluster.propose(n2);
  cluster.settle();
  cluster.rejoin();
  expect(cluster.raft(n1).role.kind).toBe('leader');
}

/** Delivers these to n1. What it says to that. */
function deliverToN1(cluster: CoreCluster, parcels: readonly Parcel[]): readonly Parcel[] {
  cluster.parcels = [...parcels];
  for (let left = parcels.length; left > 0; left -= 1) cluster.deliver(0);
  return cluster.parcels.splice(0);
}

/** n1 asks the others to confirm a read. Their answers, not delivered yet. */
function acknowledgements(cluster: CoreCluster): readonly Parcel[] {
  cluster.readIndex(n1);
  for (let left = cluster.parcels.length; left > 0; left -= 1) cluster.deliver(0);
  const answers = cluster.parcels.filter(({ message }) => message.kind === 'heartbeatReply');
  expect(answers).toHaveLength(2);
  cluster.parcels = [];
  return answers;
}

test('a leader that was replaced while it stood still answers nothing', () => {
  const cluster = clusterLedByN1();
  replaceN1(cluster);
  cluster.readIndex(n1);
  expect(cluster.checker.readsAnswered).toBe(0);
  cluster.settle();
  expect(cluster.checker.readsAnswered).toBe(0);
  expect(cluster.raft(n1).role.kind).toBe('follower');
});

test('what was verified before the pause does not confirm a read that arrives after it', () => {
  const cluster = clusterLedByN1();
  const answers = acknowledgements(cluster);
  replaceN1(cluster);
  cluster.readIndex(n1);
  deliverToN1(cluster, answers);
  // The first was asked before anyone replaced it, and saw all there was.
  expect(cluster.checker.readsAnswered).toBe(1);
});

test('nor one that another node asks for after it', () => {
  const cluster = clusterLedByN1();
  cluster.tick();
  const answers = acknowledgements(cluster);
  cluster.readIndex(n3);
  const [request] = cluster.parcels;
  expect(request?.message.kind).toBe('readIndexRequest');
  const said = [...deliverToN1(cluster, [request!])];
  cluster.input(n1, { kind: 'tick' });
  said.push(...deliverToN1(cluster, answers));
  expect(said.filter(({ message }) => message.kind === 'readIndexReply')).toEqual([]);
});
