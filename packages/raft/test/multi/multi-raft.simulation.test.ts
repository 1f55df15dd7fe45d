import type { Fault } from '@quorate/simulation';
import type { Random } from '@quorate/transport';
import { seededRandom } from '@quorate/transport/system';
import { describe, expect, test } from 'vitest';

import { MultiCluster } from '../support/multi-cluster.ts';

const { SEED: replay, SEED_COUNT: wanted } = process.env;
const seeds =
  replay === undefined
    ? Array.from({ length: Number(wanted ?? 200) }, (_, one) => one)
    : [Number(replay)];
const blocks = Array.from({ length: Math.ceil(seeds.length / 20) }, (_, block) =>
  seeds.slice(20 * block, 20 * block + 20),
);
const nodes = ['n1', 'n2', 'n3'];

/** A fault that three hosts and their claims survive, and what may come with it. */
function drawFaults(random: Random): readonly Fault[] {
  const node = nodes[random.int(3)] ?? '';
  const others = nodes.filter((one) => one !== node);
  const isNoticed = random.int(2) === 0;
  switch (random.int(9)) {
    case 0:
    case 1:
      return [
        { kind: 'crash', node, isNoticed, mode: random.int(2) === 0 ? 'power' : 'process' },
        { kind: 'restart', node },
      ];
    case 2:
      return [{ kind: 'partition', left: [node], right: others }];
    case 3:
      return [{ kind: 'heal' }];
    case 4:
      return [{ kind: 'failSyncs', node, count: 1 }];
    case 5:
      return [{ kind: 'slowDisk', node, factor: 1 + random.int(20) }];
    case 6:
      return [{ kind: 'diskFull', node, isFull: random.int(2) === 0 }];
    case 7:
      return [{ kind: 'reset', left: node, right: others[random.int(2)] ?? '' }];
    default:
      return nodes.map((one) => ({ kind: 'restart', node: one }) as const);
  }
}

async function play(seed: number): Promise<void> {
  const random = seededRandom(`multi ${seed}`);
  const groupIds = ['a', 'b', 'c', 'd'].slice(0, 2 + random.int(3));
  const cluster = new MultiCluster({
    groupIds,
    tuning: {
      electionTimeoutTicks: [5, 10][random.int(2)] ?? 10,
      snapshotEveryEntries: [5, 40, 10_000][random.int(3)] ?? 40,
      trailingEntryCount: [0, 3, 50][random.int(3)] ?? 0,
      quiesceAfterTimeouts: random.int(3),
    },
    simulation: {
      seed,
      network: { delay: { kind: 'uniform', minMs: 1, maxMs: 1 + random.int(30) } },
      disk: { syncLatency: { kind: 'uniform', minMs: 0.1, maxMs: 1 + random.int(40) } },
    },
  });
  for (let step = 0; step < 60; step += 1) {
    for (let count = random.int(4); count > 0; count -= 1) {
      const groupId = groupIds[random.int(random.int(3) === 0 ? groupIds.length : 1)] ?? 'a';
      void cluster.write(groupId);
    }
    if (random.int(5) === 0) {
      for (const fault of drawFaults(random)) inject(cluster, fault);
    }
    await cluster.simulation.run(random.int(600));
    if (random.int(8) === 0) cluster.revive();
  }
  cluster.simulation.inject({ kind: 'calm' });
  let isSettled = false;
  for (let attempt = 0; attempt < 10 && !isSettled; attempt += 1) {
    cluster.revive();
    isSettled = await cluster.until(() => cluster.isSettled, 20_000);
  }
  expect(isSettled, `SEED=${seed} settles`).toBe(true);
  // A disk that fails may do so at the start, too.
  const unexpected = cluster.startErrors.filter((error) => !isOfDisk(error));
  expect(unexpected, `SEED=${seed}`).toEqual([]);
  expect(cluster.lost, `SEED=${seed}`).toEqual([]);
}

function isOfDisk(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return code.startsWith('DISK_') || code === 'LOG_POISONED';
}

/** A node that is down cannot crash, one that runs cannot restart. */
function inject(cluster: MultiCluster, fault: Fault): void {
  const { simulation } = cluster;
  if (fault.kind === 'crash' || fault.kind === 'restart') {
    const id = cluster.nodeIds.find((one) => one === fault.node);
    const isDown = id === undefined || simulation.stateOf(id) === 'down';
    if (isDown === (fault.kind === 'crash')) return;
  }
  simulation.inject(fault);
}

describe('hosts of many groups under faults', () => {
  // Goal: in every group at every event, what Figure 3 of the paper promises; once faults end,
  // every group lives, all of its nodes hold the same state, and nothing acknowledged is missing.
  // Method: three hosts with two to four groups over one log each, some of which rest; crashes that
  // tear writes, failing, full and slow disks, partitions and broken sessions, drawn from the seed.
  test.each(blocks)(
    'each group stays safe and comes back to life (SEED=%i …)',
    async (...block) => {
      for (const seed of block) await play(seed);
    },
  );
});
