import { seeds } from '@quorate/simulation';
import { expect, test } from 'vitest';

import { failoverTimes, oneDataCentre, quantileOf, threeZones } from './failover/experiment.ts';

const replay = process.env['SEED'];
const failoverCount = 10;

// Goal: a cluster without a leader has the next one soon, nearly always at the first attempt.
// Method: whole nodes on a simulated network and disks with the delays of real ones; the leader
// loses its power in the middle of writes, so that logs differ, again and again. What is counted is
// virtual time, from the crash to the first commit of the next leader.
test.each([
  ['three nodes in one data centre', 3, oneDataCentre],
  ['three nodes in three zones', 3, threeZones],
  ['five nodes in one data centre', 5, oneDataCentre],
  ['five nodes in three zones', 5, threeZones],
] as const)(
  'a crash costs %s less than 1.5 election timeouts, in 99 of 100 cases',
  async (_, nodeCount, surroundings) => {
    const times: number[] = [];
    for (const seed of seeds(replay, 20)) {
      times.push(...(await failoverTimes({ seed, nodeCount, failoverCount, surroundings })));
    }
    expect(quantileOf(times, 0.5)).toBeLessThan(1.3);
    expect(quantileOf(times, 0.99)).toBeLessThan(1.5);
  },
);
