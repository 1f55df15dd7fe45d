import { seededRandom } from '@quorate/transport/system';
import { expect, test } from 'vitest';

import type { RaftMessage } from '../../src/messages.ts';
import { CoreCluster, n1, n2, n3, type Parcel } from '../support/core-cluster.ts';

// Stale read by a reused request id (etcd#20418, found by Antithesis; raft#397). A request to read
// was repeated under the id it had before, and a late answer to the first confirmed the second,
// although entries had been committed between the two. Ids that start again with the process have
// the same fault: the answer comes from the life before.
//
// Protection: ids rise, an answer confirms only what was asked by then, and the nonce of
// src/remote-reads.ts tells the lives of a node apart; among leaders, rounds of heartbeats never
// start again, and what belongs to another term is dropped.
// Mutations: with a constant nonce in src/recovery.ts the first test fails; with a `confirm` that
// takes all that wait, the second. The third takes two at once: an `answerStale` in src/raft.ts
// that hands 'heartbeatReply' to `onFollowerReply`, and rounds that begin again with each term.

function clusterOf(seed: number): CoreCluster {
  const cluster = new CoreCluster({ random: seededRandom(seed), nodeCount: 3 });
  lead(cluster);
  return cluster;
}

/** Lets time pass until n1 leads and everyone knows. */
function lead(cluster: CoreCluster): void {
  while (cluster.raft(n1).role.kind !== 'leader') {
    for (let tick = 0; tick < 25; tick += 1) cluster.input(n1, { kind: 'tick' });
    for (const id of [n2, n3]) cluster.input(id, { kind: 'forgetLeader' });
    cluster.settle();
  }
  cluster.tick();
}

/** Takes the parcels of this kind out of the network. */
function intercept(
  cluster: CoreCluster,
  kind: RaftMessage['kind'],
  isMeant: (parcel: Parcel) => boolean = () => true,
): readonly Parcel[] {
  const isHeld = (parcel: Parcel): boolean => parcel.message.kind === kind && isMeant(parcel);
  const held = cluster.parcels.filter(isHeld);
  cluster.parcels = cluster.parcels.filter((parcel) => !isHeld(parcel));
  return held;
}

/** n3 asks; the answer is on its way, and is handed out instead of arriving. */
function askAndIntercept(cluster: CoreCluster): readonly Parcel[] {
  cluster.readIndex(n3);
  for (let round = 0; round < 10; round += 1) {
    const held = intercept(cluster, 'readIndexReply');
    if (held.length > 0) return held;
    cluster.settleOnce();
  }
  throw new Error('nobody answers');
}

function commitMore(cluster: CoreCluster): void {
  cluster.propose(n1);
  cluster.settle();
}

test('an answer to the life before does not confirm a read of this one', () => {
  const cluster = clusterOf(1);
  const late = askAndIntercept(cluster);
  cluster.crash(n3, 0);
  commitMore(cluster);
  cluster.restart(n3);
  cluster.tick();
  cluster.tick();
  cluster.readIndex(n3);
  const [request] = intercept(cluster, 'readIndexRequest');
  expect(request?.message).toMatchObject({ requestId: 1 });
  expect(late).toMatchObject([{ message: { requestId: 1 } }]);
  cluster.parcels.push(...late);
  cluster.settle();
  expect(cluster.checker.readsAnswered).toBe(0);
  cluster.parcels.push(request!);
  cluster.settle();
  expect(cluster.checker.readsAnswered).toBe(1);
});

test('an answer to a request does not confirm a read that was asked for later', () => {
  const cluster = clusterOf(2);
  const late = askAndIntercept(cluster);
  commitMore(cluster);
  cluster.readIndex(n3);
  const requests = intercept(cluster, 'readIndexRequest');
  cluster.parcels.push(...late, ...late);
  cluster.settle();
  expect(cluster.checker.readsAnswered).toBe(1);
  cluster.parcels.push(...requests);
  cluster.settle();
  expect(cluster.checker.readsAnswered).toBe(2);
});

test('an acknowledgement of an earlier term confirms no round of a later one', () => {
  const cluster = clusterOf(3);
  cluster.input(n1, { kind: 'tick' });
  for (let left = cluster.parcels.length; left > 0; left -= 1) cluster.deliver(0);
  const late = intercept(cluster, 'heartbeatReply');
  expect(late).toHaveLength(2);
  // Leadership goes away and comes back; n1 is then cut off, and the others go on without it.
  cluster.input(n1, { kind: 'transferLeadership', transferId: 1, to: n2 });
  cluster.settle();
  expect(cluster.raft(n2).role.kind).toBe('leader');
  cluster.input(n2, { kind: 'transferLeadership', transferId: 2, to: n1 });
  cluster.settle();
  expect(cluster.raft(n1).role.kind).toBe('leader');
  cluster.split([n2, n3]);
  cluster.elect(n2);
  cluster.propose(n2);
  cluster.settle();
  cluster.rejoin();
  cluster.readIndex(n1);
  // As many rounds as there had been, if they were counted from the start again.
  for (let tick = 0; tick < 5; tick += 1) cluster.input(n1, { kind: 'tick' });
  cluster.parcels = [...late];
  for (let left = late.length; left > 0; left -= 1) cluster.deliver(0);
  expect(cluster.checker.readsAnswered).toBe(0);
});
