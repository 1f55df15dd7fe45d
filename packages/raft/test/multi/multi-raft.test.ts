import { nodeId } from '@quorate/transport';
import { describe, expect, test } from 'vitest';

import type { MultiRaft } from '../../src/multi/multi-raft.ts';
import { MultiCluster } from '../support/multi-cluster.ts';
import { RecordingMachine } from '../support/recording-machine.ts';
import { InvariantChecker } from '../support/invariants.ts';

const names = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, place) => `group-${place}`);

async function settled(groupCount: number, tuning = {}): Promise<MultiCluster> {
  const cluster = new MultiCluster({ groupIds: names(groupCount), tuning });
  expect(await cluster.until(() => cluster.isSettled)).toBe(true);
  return cluster;
}
const hostOf = (cluster: MultiCluster, name: string): MultiRaft =>
  cluster.running.get(nodeId(name))!.host;

describe('a host of many groups', () => {
  test('runs each as a cluster of its own, and all of them over one log', async () => {
    const cluster = await settled(8);
    const groupIds = names(8);
    const before = hostOf(cluster, 'n1').status();
    expect(before).toMatchObject({ groupIds, malformedCount: 0 });
    let committedCount = 0;
    for (const groupId of groupIds) {
      void cluster.write(groupId)?.then(({ kind }) => {
        if (kind === 'committed') committedCount += 1;
      });
    }
    expect(await cluster.until(() => committedCount === 8 && cluster.isSettled)).toBe(true);
    const { batchCount } = hostOf(cluster, 'n1').status();
    // An append and perhaps a little more, for eight groups.
    expect(batchCount - before.batchCount).toBeLessThan(16);
    expect(cluster.lost).toEqual([]);
  });

  test('sends the heartbeats of all groups to a peer as one message', async () => {
    const cluster = await settled(30);
    const total = (): number =>
      ['n1', 'n2', 'n3'].reduce(
        (sum, name) => sum + hostOf(cluster, name).status().envelopeCount,
        0,
      );
    const before = total();
    await cluster.simulation.run(1_000);
    // 20 ticks, 3 hosts, 2 peers: a heartbeat and an echo each, at most.
    expect(total() - before).toBeGreaterThan(20);
    expect(total() - before).toBeLessThanOrEqual(2 * 21 * 3 * 2);
  });

  test('drops and counts what is for a group that is not here, and can open it', async () => {
    const cluster = await settled(2);
    const host = hostOf(cluster, 'n3');
    await host.closeGroup('group-1');
    await cluster.simulation.run(5_000);
    expect(host.status().unknownGroupCount).toBeGreaterThan(0);
    expect(host.group('group-1')).toBeUndefined();
    expect(host.storedGroupIds).toEqual(names(2));
    const machine = new RecordingMachine(new InvariantChecker());
    const options = { groupId: 'group-1', voters: cluster.nodeIds, stateMachine: machine };
    const node = await cluster.opened(host.openGroup(options));
    await expect(host.openGroup(options)).rejects.toMatchObject({ code: 'DISK_LOCKED' });
    expect(await cluster.until(() => cluster.isSettled)).toBe(true);
    expect(node.status().lastLogIndex).toBeGreaterThan(0);
  });

  test('opens groups that peers speak of, if it is told how', async () => {
    const opened: string[] = [];
    const cluster = new MultiCluster({
      groupIds: names(2),
      onUnknownGroup: (groupId) => {
        opened.push(groupId);
        return {
          groupId,
          voters: ['n1', 'n2', 'n3'].map((name) => nodeId(name)),
          stateMachine: new RecordingMachine(new InvariantChecker()),
        };
      },
    });
    expect(await cluster.until(() => cluster.isSettled)).toBe(true);
    const host = hostOf(cluster, 'n2');
    opened.length = 0;
    await host.closeGroup('group-0');
    expect(await cluster.until(() => host.group('group-0') !== undefined)).toBe(true);
    expect(opened).toContain('group-0');
    // The others go on speaking to the groups of a host that closes.
    opened.length = 0;
    void cluster.write('group-1');
    await cluster.opened(host.close());
    await cluster.simulation.run(5_000);
    expect(opened).toEqual([]);
  });

  test('forgets a group that was removed, log and snapshots, and no other', async () => {
    const cluster = new MultiCluster({
      groupIds: names(2),
      unwatched: ['group-0'],
      tuning: { snapshotEveryEntries: 1, trailingEntryCount: 0 },
    });
    expect(await cluster.until(() => cluster.isSettled)).toBe(true);
    const host = hostOf(cluster, 'n3');
    await expect(host.removeGroup('group-0')).rejects.toMatchObject({ code: 'DISK_LOCKED' });
    await host.closeGroup('group-0');
    await cluster.opened(host.removeGroup('group-0'));
    expect(host.storedGroupIds).toEqual(['group-1']);
    const machine = new RecordingMachine(new InvariantChecker());
    const options = { groupId: 'group-0', voters: [], stateMachine: machine };
    const node = await cluster.opened(host.openGroup(options));
    expect(node.status().lastApplied).toBe(0);
  });

  test('refuses ids and options that are none', async () => {
    const cluster = await settled(1);
    const host = hostOf(cluster, 'n1');
    const stateMachine = new RecordingMachine(new InvariantChecker());
    const options = { groupId: '../up', voters: [], stateMachine };
    await expect(host.openGroup(options)).rejects.toThrow(/^groupId: expected 1\.\.64/);
    const wrong = { ...options, groupId: 'fine', quiesceAfterTimeouts: -1 };
    await expect(host.openGroup(wrong)).rejects.toThrow(/^quiesceAfterTimeouts: expected/);
    await cluster.opened(host.openGroup({ ...wrong, quiesceAfterTimeouts: 1 }));
  });
});

describe('a group that rests', () => {
  const tuning = { quiesceAfterTimeouts: 2 };
  const restingCount = (cluster: MultiCluster): number =>
    [...cluster.running.values()].reduce((sum, { host }) => sum + host.status().quiescentCount, 0);
  async function resting(groupCount: number): Promise<MultiCluster> {
    const cluster = await settled(groupCount, tuning);
    expect(await cluster.until(() => restingCount(cluster) === 3 * groupCount)).toBe(true);
    return cluster;
  }

  test('sends nothing, for as long as nothing happens', async () => {
    const cluster = await resting(5);
    const host = hostOf(cluster, 'n1');
    const { envelopeCount } = host.status();
    await cluster.simulation.run(60_000);
    expect(host.status().envelopeCount).toBe(envelopeCount);
    expect(restingCount(cluster)).toBe(15);
  });

  test('is awake at once for a proposal, alone, and rests again', async () => {
    const cluster = await resting(3);
    const term = cluster.leaderOf('group-1')?.status().term;
    const outcomes: string[] = [];
    void cluster.write('group-1')?.then(({ kind }) => outcomes.push(kind));
    expect(await cluster.until(() => outcomes.length > 0, 500)).toBe(true);
    expect(outcomes).toEqual(['committed']);
    expect(restingCount(cluster)).toBeGreaterThanOrEqual(6);
    expect(await cluster.until(() => restingCount(cluster) === 9)).toBe(true);
    expect(cluster.leaderOf('group-1')?.status().term).toBe(term);
  });

  test('answers a read, and a follower that is asked finds its leader', async () => {
    const cluster = await resting(1);
    for (const name of ['n1', 'n2', 'n3']) {
      const answers: string[] = [];
      const read = cluster.node(name, 'group-0')?.readIndex({ timeoutMs: 10_000 });
      void read?.then(({ kind }) => answers.push(kind));
      expect(await cluster.until(() => answers.length > 0, 20_000)).toBe(true);
      expect(answers).toEqual(['ready']);
    }
  });

  test.each([true, false])('elects anew when its leader dies (noticed: %s)', async (isNoticed) => {
    const cluster = await resting(2);
    const dead = cluster.leaderOf('group-0')?.status().nodeId ?? '';
    cluster.simulation.inject({ kind: 'crash', node: dead, isNoticed });
    const isElected = (): boolean => {
      const leader = cluster.leaderOf('group-0')?.status();
      return leader !== undefined && leader.nodeId !== dead;
    };
    // Whoever is not told by the transport is told by the next request.
    if (!isNoticed) {
      for (const { host } of cluster.running.values()) {
        void host.group('group-0')?.readIndex({ timeoutMs: 100 });
      }
    }
    expect(await cluster.until(isElected, 20_000)).toBe(true);
    cluster.simulation.inject({ kind: 'restart', node: dead });
    expect(await cluster.until(() => cluster.isSettled)).toBe(true);
    expect(await cluster.until(() => restingCount(cluster) === 6)).toBe(true);
  });

  test('does not rest while a follower lacks something', async () => {
    const cluster = await resting(1);
    const leader = cluster.leaderOf('group-0')!;
    const behind = cluster.nodeIds.find((id) => id !== leader.status().nodeId)!;
    const others = cluster.nodeIds.filter((id) => id !== behind);
    cluster.simulation.inject({ kind: 'partition', left: [behind], right: [...others] });
    await cluster.simulation.run(5_000);
    void cluster.write('group-0');
    await cluster.simulation.run(30_000);
    expect(cluster.leaderOf('group-0')?.status().isQuiescent).toBe(false);
    cluster.simulation.inject({ kind: 'heal' });
    expect(await cluster.until(() => restingCount(cluster) === 3)).toBe(true);
  });
});
