import { seeds } from '@quorate/simulation';
import { seededRandom } from '@quorate/transport/system';
import { describe, expect, test } from 'vitest';

import { drawPlan, faultKinds } from './support/fault-plan.ts';
import { replayCommand } from './support/replay-command.ts';
import { type RunReport, runSeed } from './support/run-seed.ts';

const replay = process.env['SEED'];
/** As `pnpm soak --nodes` had it; drawn from the seed by default. */
const nodeCount = process.env['NODES'] === undefined ? undefined : Number(process.env['NODES']);
const file = 'test/cluster.simulation.test.ts';

/** Seeds of one test: enough of them to see every kind of fault, few enough to name. */
const seedsPerTest = 20;

async function run(seed: number): Promise<RunReport> {
  try {
    return await runSeed(seed, { nodeCount });
  } catch (error) {
    throw new Error(`${replayCommand(file, seed)}\n${String(error)}`, { cause: error });
  }
}

const blocks = Array.from({ length: 12 }, (_, block) => block * seedsPerTest);

describe('a cluster of RaftNodes', () => {
  // Goal: Figure 3 of the paper, durability of what was acknowledged, linearizable reads, definite
  // refusals; and liveness once faults end.
  // Method: three or five whole nodes, with codec, write-ahead log and snapshot store, on a
  // simulated network, disks and clocks. Each seed draws a subset of the kinds of fault and their
  // times; every invariant is checked at every event. Then calm, and within a minute of virtual
  // time a new write commits and all nodes hold the same state, with all that was acknowledged.
  const chosen = replay === undefined ? blocks : [Number(replay)];
  test.each(chosen)('stays safe and comes back to life (SEED=%i …)', async (first) => {
    let committedCount = 0;
    const count = replay === undefined ? seedsPerTest : 1;
    for (let seed = first; seed < first + count; seed += 1) {
      const report = await run(seed);
      committedCount += report.committedCount;
    }
    expect(committedCount).toBeGreaterThan(count);
  });

  // Goal: a failing seed is enough to see the failure again.
  test.each(seeds(replay, 4))('runs the same way twice (SEED=%i)', async (seed) => {
    const [once, again] = [await run(seed), await run(seed)];
    expect(again.traceHash).toBe(once.traceHash);
    expect(again.outcomes).toEqual(once.outcomes);
  });

  test('meets every kind of fault within its seeds', () => {
    const met = new Set<string>();
    for (let seed = 0; seed < blocks.length * seedsPerTest; seed += 1) {
      const plan = drawPlan(seededRandom(seed));
      for (const { kind } of plan.faults) met.add(kind);
      met.add(`${plan.nodeCount} nodes`);
    }
    const kinds = [
      ['3 nodes', '5 nodes', 'crash', 'restart', 'pause', 'resume', 'partition', 'ring', 'heal'],
      ['clog', 'unclog', 'reset', 'network', 'slowDisk', 'diskFull', 'failSyncs', 'failReads'],
      ['bitRot', 'drift', 'wallJump'],
    ];
    expect(faultKinds.length).toBeGreaterThan(0);
    expect([...met].sort()).toEqual(kinds.flat().sort());
  });
});
