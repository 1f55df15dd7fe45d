import { drawScenario, expectHolds, huntSeed, seeds } from '@quorate/simulation';
import { describe, expect, test } from 'vitest';

import { raftWorkload } from './support/raft-workload.ts';

const replay = process.env['SEED'];
/** All that came about in the runs of this file. */
const happened = new Set<string>();
const workload = raftWorkload({ onHappening: (what) => happened.add(what) });

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
      ['failReads', 'misdirectReads', 'slowNode', 'lateTimers', 'throttleTimers', 'wallFreeze'],
      ['leapSmear', 'buggify'],
    ];
    expect([...met]).toEqual(expect.arrayContaining(kinds.flat()));
  });

  test.runIf(replay === undefined)('does all it can within its seeds', () => {
    const deeds = [
      ['write committed', 'write rejected', 'write unknown', 'compareAndSet committed'],
      ['linearizable read ready', 'lease read ready', 'lease read refused'],
      ['members committed', 'members rejected', 'removed'],
      ['transfer transferred', 'transfer failed', 'transfer rejected'],
      ['snapshotTaken', 'snapshotRestored', 'snapshot comes in pieces'],
      ['damaged', 'repaired', 'snapshotDamaged', 'diskFull', 'diskRecovered', 'failed'],
    ];
    expect([...happened]).toEqual(expect.arrayContaining(deeds.flat()));
  });
});
