import type { NodeId } from '@quorate/transport';
import { seededRandom } from '@quorate/transport/system';
import { describe, expect, test } from 'vitest';

import { CoreCluster } from '../support/core-cluster.ts';

// Some reach some (Cloudflare, 2020-11-02; openraft#2080). A majority is connected through a
// bridge, and the bridge keeps honouring an old leader that has no majority, so nobody is elected.
// Or a link works in one direction: a leader is heard that hears nobody, and nothing is committed;
// or a node that hears nobody asks for votes for ever, and its rising terms depose one leader after
// the other (etcd, at the same outage).
//
// Protection: whoever hears no majority leads no more: `checkQuorum` in src/replication.ts.
// Pre-vote and stickiness, `mustNotElect` in src/election.ts, for the others.
// Mutations: let `checkQuorum` return true, and the bridge and the deaf leader never end. Without
// `hearsLeader` in `mustNotElect` the first of those that keep their leader fails.

const seeds = Array.from({ length: 10 }, (_, seed) => seed);

interface Scene {
  readonly cluster: CoreCluster;
  readonly leader: NodeId;
  readonly others: readonly NodeId[];
}

function sceneOf(name: string, seed: number, nodeCount: number): Scene {
  const cluster = new CoreCluster({ random: seededRandom(`${name} ${seed}`), nodeCount });
  while (cluster.leader === undefined) cluster.tick();
  cluster.tick();
  const leader = cluster.leader.nodeId;
  return { cluster, leader, others: cluster.ids.filter((id) => id !== leader) };
}

/** Only these pairs reach each other. */
function connect(cluster: CoreCluster, pairs: readonly (readonly (NodeId | undefined)[])[]): void {
  cluster.isReachable = (from, to) =>
    pairs.some((pair) => pair.includes(from) && pair.includes(to));
}

function wait(cluster: CoreCluster, ticks: number): void {
  for (let tick = 0; tick < ticks; tick += 1) cluster.tick();
}

/** Whether a command that the leader takes now is committed. */
function isServing(cluster: CoreCluster): boolean {
  const { leader } = cluster;
  if (leader?.raft === undefined) return false;
  cluster.propose(leader.nodeId);
  cluster.tick();
  return leader.raft.commitIndex === leader.raft.log.lastIndex;
}

/** `leader` leads its term on, and commits, for long. */
function expectPeace({ cluster, leader }: Scene): void {
  const { currentTerm } = cluster.raft(leader);
  // While nobody writes, everyone's log is as good as the leader's.
  wait(cluster, 60);
  expect(cluster.raft(leader)).toMatchObject({ role: { kind: 'leader' }, currentTerm });
  for (let round = 0; round < 20; round += 1) {
    wait(cluster, 10);
    expect(cluster.leader?.nodeId).toBe(leader);
    expect(isServing(cluster)).toBe(true);
  }
  expect(cluster.raft(leader).currentTerm).toBe(currentTerm);
}

describe('a majority that is connected', () => {
  test.each(seeds)('through a bridge, which the old leader still reaches, elects (%i)', (seed) => {
    const { cluster, leader, others } = sceneOf('bridge', seed, 5);
    const [bridge, left, right] = others;
    connect(cluster, [
      [leader, bridge],
      [bridge, left, right],
    ]);
    wait(cluster, 60);
    expect(cluster.raft(leader).role.kind).not.toBe('leader');
    expect([bridge, left, right]).toContain(cluster.leader?.nodeId);
    expect(isServing(cluster)).toBe(true);
  });

  test.each(seeds)('through a bridge alone elects the bridge or a neighbour (%i)', (seed) => {
    const { cluster, others, leader } = sceneOf('two and two', seed, 5);
    const [left, left2, right, right2] = others;
    connect(cluster, [
      [leader, left, left2],
      [leader, right, right2],
    ]);
    wait(cluster, 100);
    expect(isServing(cluster)).toBe(true);
  });

  test.each(seeds)('but for a leader that sends and hears nothing elects another (%i)', (seed) => {
    const { cluster, leader } = sceneOf('deaf leader', seed, 3);
    cluster.isReachable = (_, to) => to !== leader;
    wait(cluster, 60);
    expect(cluster.raft(leader).role.kind).not.toBe('leader');
    expect(cluster.leader?.nodeId).not.toBe(leader);
    expect(isServing(cluster)).toBe(true);
  });

  test.each(seeds)('but for a leader that hears and sends nothing elects another (%i)', (seed) => {
    const { cluster, leader } = sceneOf('mute leader', seed, 3);
    cluster.isReachable = (from) => from !== leader;
    wait(cluster, 60);
    expect(cluster.raft(leader).role.kind).toBe('follower');
    expect(isServing(cluster)).toBe(true);
  });

  test.each(seeds)(
    'keeps its leader, though one node misses it and reaches the other (%i)',
    (seed) => {
      const scene = sceneOf('chain', seed, 3);
      const [middle, end] = scene.others;
      connect(scene.cluster, [
        [scene.leader, middle],
        [middle, end],
      ]);
      expectPeace(scene);
    },
  );

  test.each(seeds)('keeps its leader, though one node sends and hears nothing (%i)', (seed) => {
    const scene = sceneOf('deaf follower', seed, 3);
    const [deaf] = scene.others;
    scene.cluster.isReachable = (_, to) => to !== deaf;
    expectPeace(scene);
    scene.cluster.rejoin();
    expectPeace(scene);
  });

  test.each(seeds)('keeps its leader when those who missed it come back (%i)', (seed) => {
    const scene = sceneOf('back', seed, 5);
    const [near, near2] = scene.others;
    scene.cluster.split([scene.leader, near ?? scene.leader, near2 ?? scene.leader]);
    wait(scene.cluster, 100);
    scene.cluster.rejoin();
    expectPeace(scene);
  });
});
