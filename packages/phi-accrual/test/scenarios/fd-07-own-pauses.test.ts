/*
 * What goes wrong elsewhere: a process that stood still for ten seconds finds that nobody has been
 * heard for ten seconds, and declares all of them dead before it has read what they sent meanwhile.
 *
 * Protection: `../../src/peers/local-pause.ts`, and `pauseEnded` of the table of peers.
 */
import { seeds, Simulation } from '@quorate/simulation';
import { describe, expect, test } from 'vitest';

import { namesOf, SimulatedMonitors } from '../support/monitors.ts';

const replay = process.env['SEED'];
const [n1, n2, n3, n4] = namesOf(4) as [never, never, never, never];

interface Bound {
  readonly profile: 'lan' | 'wan' | 'browser';
  /** From a crash until it is suspected, on this network. */
  readonly detectedMsMax: number;
}

const bounds: readonly Bound[] = [
  { profile: 'lan', detectedMsMax: 1_600 },
  { profile: 'wan', detectedMsMax: 4_200 },
  // 18,500 before it has met a pause that it tolerates, and learned that heartbeats may be late.
  { profile: 'browser', detectedMsMax: 30_000 },
];

/** What was missing of a time-out when the pause began, and one of an unknown phase besides. */
const resumedMsMax = ({ detectedMsMax }: Bound): number => 2 * detectedMsMax;

describe.each(bounds)('with the profile $profile, a pause of ten seconds', (bound) => {
  const { profile, detectedMsMax } = bound;

  test.each(seeds(replay, 6))(
    'convicts nobody, and a crash is found as ever (SEED=%i)',
    async (seed) => {
      const simulation = new Simulation({ seed });
      const cluster = new SimulatedMonitors(simulation, 4, { profile });
      await simulation.run(120_000 + 131 * seed);
      simulation.pause(n1);
      await simulation.run(10_000);
      simulation.resume(n1);
      await simulation.run(60_000);
      expect(cluster.suspicions().filter(({ node }) => node === n1)).toEqual([]);
      const crashedMs = simulation.nowMs;
      simulation.crash(n2);
      await simulation.run(60_000);
      const atMs = cluster.suspectedAtMs(n1, n2, crashedMs) ?? Infinity;
      expect(atMs - crashedMs).toBeLessThanOrEqual(detectedMsMax);
      expect(
        cluster
          .suspicions(crashedMs)
          .map(({ node }) => node)
          .toSorted(),
      ).toEqual([n1, n3, n4]);
    },
  );

  test.each(seeds(replay, 6))('does not hide a crash during it (SEED=%i)', async (seed) => {
    const simulation = new Simulation({ seed });
    const cluster = new SimulatedMonitors(simulation, 4, { profile });
    await simulation.run(120_000 + 131 * seed);
    simulation.pause(n1);
    await simulation.run(300);
    simulation.crash(n2);
    await simulation.run(9_700);
    simulation.resume(n1);
    const resumedMs = simulation.nowMs;
    await simulation.run(60_000);
    const atMs = cluster.suspectedAtMs(n1, n2, resumedMs) ?? Infinity;
    expect(atMs - resumedMs).toBeLessThanOrEqual(resumedMsMax(bound));
    expect(cluster.suspicions().filter(({ node }) => node === n1)).toHaveLength(1);
  });

  test.each(seeds(replay, 3))('again and again convicts nobody either (SEED=%i)', async (seed) => {
    const simulation = new Simulation({ seed });
    const cluster = new SimulatedMonitors(simulation, 4, { profile });
    await simulation.run(120_000);
    for (let count = 0; count < 30; count += 1) {
      simulation.pause(n1);
      await simulation.run(10_000);
      simulation.resume(n1);
      // Just long enough to read what has come, and to be heard.
      await simulation.run(20 + 31 * seed);
    }
    expect(cluster.suspicions().filter(({ node }) => node === n1)).toEqual([]);
  });
});

test('a node that only ever runs for moments finds the dead all the same', async () => {
  const simulation = new Simulation({ seed: 1 });
  const cluster = new SimulatedMonitors(simulation, 4, { profile: 'lan' });
  await simulation.run(60_000);
  simulation.crash(n2);
  const crashedMs = simulation.nowMs;
  for (let count = 0; count < 4; count += 1) {
    simulation.pause(n1);
    await simulation.run(10_000);
    simulation.resume(n1);
    await simulation.run(50);
  }
  // In the third turn after its last sign of life; the living have been heard in each.
  expect(cluster.suspectedAtMs(n1, n2, crashedMs)).toBeLessThan(crashedMs + 31_000);
  expect(cluster.suspicions().filter(({ node }) => node === n1)).toHaveLength(1);
});
