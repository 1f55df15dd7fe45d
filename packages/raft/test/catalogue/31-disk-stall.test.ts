import type { NodeId } from '@quorate/transport';
import { describe, expect, test } from 'vitest';

import { CoreCluster, n1, n2, n3 } from '../support/core-cluster.ts';
import { patient } from '../support/lone-node.ts';

// A disk hangs, and the process does not (hashicorp/raft#503, #666, #612). The leader's heartbeats
// flow on, so nobody elects another, and as its own log stands still, so does the cluster.
// Or a follower's disk hangs for a while: the pipeline to it fills up, the answers that would empty
// it are lost, and it stays full after the disk has long recovered.
//
// Protection: `isStorageStalled` in src/persistence.ts: a leader that the others have overtaken
// hands over and leads no more (`tickLeader` in src/replication.ts), and such a node does not
// campaign (`isElectable` in src/election.ts). A heartbeat's answer has the end of the pipeline
// checked: `isCheckDue` in `onHeartbeatReply`.
// Mutations: without the stall in `tickLeader` the first two tests fail, without the hand-over the
// first, without it in `isElectable` the third; without `isCheckDue` the last.

const tuning = { storageStallTicks: 20 };

/** Everyone's disk works but that of `hung`, where nothing is ever finished. */
function settleBut(cluster: CoreCluster, hung: NodeId): void {
  for (let isBusy = true; isBusy;) {
    isBusy = cluster.parcels.length > 0;
    while (cluster.parcels.length > 0) cluster.deliver(0);
    for (const id of cluster.ids) {
      if (id === hung || cluster.node(id).disk.pendingCount === 0) continue;
      cluster.completeWrites(id, 1_000);
      isBusy = true;
    }
    for (const id of cluster.ids) cluster.completeApplies(id);
  }
}

function tickBut(cluster: CoreCluster, hung: NodeId, tickCount = 1): void {
  for (let tick = 0; tick < tickCount; tick += 1) {
    for (const id of cluster.ids) cluster.input(id, { kind: 'tick' });
    settleBut(cluster, hung);
  }
}

function clusterLedBy1(more: { readonly maxInflightMessages?: number } = {}): CoreCluster {
  const cluster = new CoreCluster({
    random: patient,
    nodeCount: 3,
    tuning: { ...tuning, ...more },
  });
  cluster.elect(n1);
  cluster.settle();
  return cluster;
}

describe('a leader whose disk hangs while its heartbeats flow', () => {
  test('hands over: another leads and commits with the same tick', () => {
    const cluster = clusterLedBy1();
    cluster.propose(n1);
    settleBut(cluster, n1);
    // The others have the entry, and that is enough.
    expect(cluster.raft(n1).commitIndex).toBe(2);
    tickBut(cluster, n1, 20);
    expect(cluster.raft(n1).role.kind).toBe('follower');
    expect([n2, n3]).toContain(cluster.leader?.nodeId);
    expect(cluster.leader?.raft?.commitIndex).toBe(3);
  });

  test('is replaced though the word of it is lost', () => {
    const cluster = clusterLedBy1();
    cluster.propose(n1);
    settleBut(cluster, n1);
    for (let tick = 0; tick < 50; tick += 1) {
      for (const id of cluster.ids) cluster.input(id, { kind: 'tick' });
      cluster.parcels = cluster.parcels.filter(({ message }) => message.kind !== 'timeoutNow');
      settleBut(cluster, n1);
    }
    expect(cluster.raft(n1).role.kind).toBe('follower');
    expect([n2, n3]).toContain(cluster.leader?.nodeId);
    const { leader } = cluster;
    cluster.propose(leader?.nodeId ?? n2);
    settleBut(cluster, n1);
    expect(leader?.raft?.commitIndex).toBe(leader?.raft?.log.lastIndex);
  });

  test('asks for no votes as long as it hangs, and follows again when it does not', () => {
    const cluster = clusterLedBy1();
    cluster.propose(n1);
    settleBut(cluster, n1);
    tickBut(cluster, n1, 20);
    cluster.split([n1], [n2, n3]);
    for (let tick = 0; tick < 100; tick += 1) {
      tickBut(cluster, n1);
      expect(cluster.raft(n1).role.kind).toBe('follower');
    }
    cluster.rejoin();
    cluster.settle();
    for (let tick = 0; tick < 5; tick += 1) cluster.tick();
    const { leader } = cluster;
    expect(leader?.nodeId).not.toBe(n1);
    expect(cluster.raft(n1).lastApplied).toBe(leader?.raft?.lastApplied);
  });

  test('stays, while the others cannot store anything either: reads at least go on', () => {
    const cluster = clusterLedBy1();
    cluster.propose(n1);
    for (let tick = 0; tick < 60; tick += 1) {
      for (const id of cluster.ids) cluster.input(id, { kind: 'tick' });
      while (cluster.parcels.length > 0) cluster.deliver(0);
    }
    expect(cluster.raft(n1).role.kind).toBe('leader');
    cluster.readIndex(n1);
    while (cluster.parcels.length > 0) cluster.deliver(0);
    expect(cluster.checker.readsAnswered).toBe(1);
  });
});

describe('a follower whose disk hangs for a while', () => {
  test('holds nobody up meanwhile', () => {
    const cluster = clusterLedBy1();
    for (let round = 0; round < 50; round += 1) {
      cluster.propose(n1);
      tickBut(cluster, n2);
      expect(cluster.raft(n1).commitIndex).toBe(cluster.raft(n1).log.lastIndex);
    }
    expect(cluster.leader?.nodeId).toBe(n1);
  });

  test('is sent the rest afterwards, though every answer of that time was lost', () => {
    const cluster = clusterLedBy1({ maxInflightMessages: 4 });
    for (let round = 0; round < 20; round += 1) {
      cluster.propose(n1);
      tickBut(cluster, n2);
    }
    const { role } = cluster.raft(n1);
    const progress = role.kind === 'leader' ? role.followers.get(n2) : undefined;
    expect(progress?.inflights.isFull).toBe(true);
    cluster.completeWrites(n2, 1_000);
    cluster.parcels = [];
    for (let tick = 0; tick < 5; tick += 1) cluster.tick();
    expect(cluster.raft(n2).lastApplied).toBe(cluster.raft(n1).lastApplied);
    expect(progress).toMatchObject({ state: 'replicate', matchIndex: 21 });
  });
});
