import { drawScenario, expectHolds, seeds } from '@quorate/simulation';
import { describe, expect, test } from 'vitest';

import { raftWorkload } from './support/raft-workload.ts';

const replay = process.env['SEED'];

/** Seeds of one test. */
const seedsPerTest = 10;
const blocks = Array.from({ length: 6 }, (_, block) => block * seedsPerTest);
const chosen = replay === undefined ? blocks : [Number(replay)];

describe('a cluster of two releases', () => {
  // Goal: all that holds for a cluster of one release holds while its nodes are taken from one to
  // the other, in any order and back, under every fault, and if they stay mixed for good.
  // Method: the workload of cluster.simulation.test.ts. Nodes of release 1 are the last one that
  // spoke version 1 alone, frozen as it was built; nodes of release 2 are the source.
  test.each(chosen)('stays safe and live, mixed in any way (SEED=%i …)', async (first) => {
    const count = replay === undefined ? seedsPerTest : 1;
    await expectHolds(
      raftWorkload({ upgrade: 'back and forth' }),
      seeds(undefined, count).map((place) => first + place),
    );
  });

  // Goal: the same where the version is raised as soon as the leader allows it, which bars the way
  // back: nobody is left behind who cannot read the log.
  test.each(chosen)('stays safe and live through an upgrade (SEED=%i …)', async (first) => {
    const count = replay === undefined ? seedsPerTest : 1;
    await expectHolds(
      raftWorkload({ upgrade: 'forward' }),
      seeds(undefined, count).map((place) => first + place),
    );
  });

  test('goes back and forth within its seeds', () => {
    const workload = raftWorkload({ upgrade: 'back and forth' });
    const releases = Array.from({ length: blocks.length * seedsPerTest }, (_, seed) =>
      drawScenario(workload, seed).faults.map((fault) =>
        fault.kind === 'upgrade' ? fault.release : 0,
      ),
    ).flat();
    expect(new Set(releases)).toEqual(new Set([0, 1, 2]));
  });
});
