import { drawScenario, expectHolds, huntSeed, seeds } from '@quorate/simulation';
import { describe, expect, test } from 'vitest';

import { raftWorkload } from './support/raft-workload.ts';

const replay = process.env['SEED'];
const workload = raftWorkload();

/** Seeds of one test: enough of them to see every kind of fault, few enough to name. */
const seedsPerTest = 20;
const blocks = Array.from({ length: 12 }, (_, block) => block * seedsPerTest);

describe('a cluster of RaftNodes', () => {
  // Goal: Figure 3 of the paper, durability of what was acknowledged, definite refusals, and
  // linearizability of what clients saw; and liveness once faults end.
  // Method: one to seven whole nodes, with codec, write-ahead log and snapshot store, on a
  // simulated network, disks and clocks. Each seed draws a subset of the kinds of fault and their
  // times; every invariant is checked at every event. Then calm, and within bounded virtual time a
  // new write commits and all nodes hold the same state, with all that was acknowledged.
  const chosen = replay === undefined ? blocks : [Number(replay)];
  test.each(chosen)('stays safe and comes back to life (SEED=%i …)', async (first) => {
    const count = replay === undefined ? seedsPerTest : 1;
    await expectHolds(
      workload,
      seeds(undefined, count).map((place) => first + place),
    );
  });

  // Goal: a failing seed is enough to see the failure again.
  test.each(seeds(replay, 4))('runs the same way twice (SEED=%i)', async (seed) => {
    const [once, again] = [await huntSeed(workload, seed), await huntSeed(workload, seed)];
    expect(again).toEqual(once);
    expect(once.eventCount).toBeGreaterThan(100);
  });

  test('meets every kind of fault within its seeds', () => {
    const met = new Set<string>();
    for (let seed = 0; seed < blocks.length * seedsPerTest; seed += 1) {
      const { faults, nodeCount } = drawScenario(workload, seed);
      for (const { kind } of faults) met.add(kind);
      met.add(`${nodeCount} nodes`);
    }
    const kinds = [
      ['1', '2', '3', '4', '5', '6', '7'].map((count) => `${count} nodes`),
      ['crash', 'restart', 'pause', 'resume', 'partition', 'ring', 'heal', 'clog', 'unclog'],
      ['reset', 'network', 'slowDisk', 'diskFull', 'failSyncs', 'bitRot', 'drift', 'wallJump'],
    ];
    expect([...met]).toEqual(expect.arrayContaining(kinds.flat()));
  });
});
