import { seeds } from '@quorate/simulation';
import { nodeId } from '@quorate/transport';
import { expect, test } from 'vitest';

import {
  type Experiment,
  FailingCluster,
  oneDataCentre,
  threeZones,
} from './failover/experiment.ts';

const replay = process.env['SEED'];
const n1 = nodeId('n1');

type Surroundings = Experiment['surroundings'];

// Goal: leadership is where operators want it after each failover, if who is preferred is up; and
// if it is not, there is a leader as soon as without priorities.
// Method: whole nodes on a simulated network and disks, as in failover.simulation.test.ts. The
// leader loses its power while nobody writes, so that the others' logs are equal, again and again.
test.each([
  ['one data centre', oneDataCentre],
  ['three zones', threeZones],
] as const)('the preferred one of three nodes in %s leads unless it is down', async (_, where) => {
  for (const seed of seeds(replay, 50)) {
    const cluster = await openCluster(seed, where, [1, 0, 0]);
    for (let round = 0; round < 6; round += 1) {
      const before = cluster.leader;
      const took = await cluster.failOver({ writeCount: 0 });
      expect(took, `SEED=${seed}`).toBeLessThan(2);
      if (before !== n1) expect(cluster.leader, `SEED=${seed}`).toBe(n1);
      else expect(cluster.leader, `SEED=${seed}`).not.toBe(n1);
    }
  }
});

// Three of five are near, and whichever of them leads, the two that are far away cannot agree on
// another leader without one of those that are left.
test('leadership stays near while most of the near nodes are up', async () => {
  for (const seed of seeds(replay, 50)) {
    const cluster = await openCluster(seed, threeZones, [1, 1, 1, 0, 0]);
    for (let round = 0; round < 4; round += 1) {
      expect(['n1', 'n2', 'n3'], `SEED=${seed}`).toContain(cluster.leader);
      expect(await cluster.failOver({ writeCount: 0 }), `SEED=${seed}`).toBeLessThan(2.5);
    }
  }
});

test('a cluster whose preferred node is down has a leader in time', async () => {
  for (const seed of seeds(replay, 50)) {
    const cluster = await openCluster(seed, oneDataCentre, [9, 0, 0, 0, 0]);
    const led = cluster.leader === n1;
    cluster.stop(n1);
    if (led) await cluster.nextLeader(0);
    for (let round = 0; round < 4; round += 1) {
      expect(await cluster.failOver(), `SEED=${seed}`).toBeLessThan(2);
      expect(cluster.leader).not.toBe(n1);
    }
  }
});

async function openCluster(
  seed: number,
  surroundings: Surroundings,
  priorities: readonly number[],
): Promise<FailingCluster> {
  const nodeCount = priorities.length;
  const cluster = new FailingCluster({ seed, nodeCount, surroundings, priorities });
  await cluster.nextLeader(0);
  return cluster;
}
