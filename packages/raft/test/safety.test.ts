import { seededRandom } from '@quorate/transport/system';
import { describe, expect, test } from 'vitest';

import { CoreCluster } from './support/core-cluster.ts';
import { allMishaps, blight, heal, Schedule } from './support/schedule.ts';
import { ShortReigns } from './support/short-reigns.ts';

const replay = process.env['SEED'];

/** Small enough for every limit to be met within a run. */
const tightTuning = {
  electionTimeoutTicks: 4,
  maxMessageBytes: 24,
  maxInflightMessages: 3,
  maxInflightBytes: 60,
  maxUncommittedBytes: 600,
  maxApplyBytes: 200,
  maxPendingReads: 3,
  storageStallTicks: 12,
  snapshotTimeoutTicks: 10,
};

/** Runs `drive` for every seed of a block; a failure says how to see it again. */
function forSeeds(start: number, drive: (seed: number) => CoreCluster): void {
  const seeds =
    replay === undefined
      ? Array.from({ length: 300 }, (_, place) => start + place)
      : [Number(replay)];
  for (const seed of seeds) {
    try {
      comeToRest(drive(seed));
    } catch (cause) {
      const command = `SEED=${seed} pnpm exec vitest run --project raft test/safety.test.ts`;
      throw new Error(command, { cause });
    }
  }
}

/** Once faults end there is a leader, it takes proposals, and everyone applies everything. */
function comeToRest(cluster: CoreCluster): void {
  heal(cluster, 120);
  const { leader } = cluster;
  if (leader === undefined) expect.fail('no leader after healing');
  cluster.propose(leader.nodeId);
  for (let tick = 0; tick < 5; tick += 1) cluster.tick();
  const { committedIndex } = cluster.checker;
  for (const { nodeId, stateMachine } of cluster.nodes.values()) {
    expect(stateMachine.logIndex, `applied by ${nodeId}`).toBe(committedIndex);
  }
}

const blocks = [0, 1, 2, 3, 4].map((block) => block * 300);

describe('the core, driven by chance', () => {
  // Goal: the properties of Figure 3, linearizable reads of any node, no command twice, forwarded
  // or not, and liveness once faults end.
  // Method: cores, disks and a network in memory; messages lost, duplicated, reordered, links cut
  // one way, writes finished late, nodes crashed with writes under way and logs damaged, all drawn
  // from the seed; every step is checked from outside. Then all faults end.
  test.each(blocks)('stays safe and comes back to life (300 seeds from SEED=%i)', (start) => {
    forSeeds(start, (seed) => {
      const random = seededRandom(seed);
      const nodeCount = [3, 5, 3, 5, 1, 2, 3, 4][seed % 8] ?? 3;
      const forwardProposals = seed % 2 === 0;
      const tuning = { ...(seed % 5 === 0 ? {} : tightTuning), forwardProposals };
      const cluster = new CoreCluster({ random: random.fork('nodes'), nodeCount, tuning });
      // With fewer than three nodes nobody could give back what one lost.
      const damage = nodeCount < 3 ? 0 : allMishaps.damage;
      const mishaps = { ...allMishaps, damage };
      new Schedule(cluster, random.fork('schedule'), mishaps).run(2_500);
      return cluster;
    });
  });

  // Goal: the same, where every disk is damaged, but no entry everywhere (FAST 2018).
  // Method: as above; then all nodes crash at once and each comes back with damaged entries of its
  // own, with nobody whole enough to lead. Twice, so that repaired logs are struck again.
  test.each(blocks)('repairs itself when all are damaged (300 seeds from SEED=%i)', (start) => {
    forSeeds(start, (seed) => {
      const random = seededRandom(seed);
      const nodeCount = [3, 5, 3, 4][seed % 4] ?? 3;
      const tuning = seed % 5 === 0 ? {} : tightTuning;
      const cluster = new CoreCluster({ random: random.fork('nodes'), nodeCount, tuning });
      const mishaps = { ...allMishaps, damage: 0 };
      const schedule = new Schedule(cluster, random.fork('schedule'), mishaps);
      for (let strike = 0; strike < 2; strike += 1) {
        schedule.run(600);
        blight(cluster, random);
        heal(cluster, 120);
      }
      return cluster;
    });
  });

  // Goal: the same, where logs diverge as in Figures 7 and 8.
  // Method: elections and short reigns among a few reachable nodes, with old messages about.
  test.each(blocks)('survives short reigns (300 seeds from SEED=%i)', (start) => {
    forSeeds(start, (seed) => {
      const random = seededRandom(seed);
      const nodeCount = [3, 5, 5, 4][seed % 4] ?? 3;
      // One command per message, so that old entries can arrive without the new term's first.
      const tuning = seed % 3 === 0 ? {} : { ...tightTuning, maxMessageBytes: 1 };
      const cluster = new CoreCluster({ random: random.fork('nodes'), nodeCount, tuning });
      new ShortReigns(cluster, random.fork('reigns')).run(40);
      return cluster;
    });
  });
});
