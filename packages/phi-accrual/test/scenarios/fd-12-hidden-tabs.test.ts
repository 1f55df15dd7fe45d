/*
 * What goes wrong elsewhere: timers of a hidden browser tab fire once a second, then once a minute.
 * It judges its peers a minute late or, all at once, as dead; and they, who hear from it once a
 * minute, take it for dead, though it is there and answers whoever talks to it.
 *
 * Protection: a monitor does what is due whenever a message comes, says how long it may be silent,
 * and takes the lateness of its own timers into account (`../../src/peers/silence-forecast.ts`,
 * `../../src/peers/local-pause.ts`).
 */
import { seeds, Simulation } from '@quorate/simulation';
import { describe, expect, test } from 'vitest';

import { namesOf, type Observation, SimulatedMonitors } from '../support/monitors.ts';

const replay = process.env['SEED'];
const [tab, worker, node, other] = namesOf(4) as [never, never, never, never];
const MINUTE_MS = 60_000;

/** What one of them thought of whom, in order; when, is another matter. */
function verdictsOf(observations: readonly Observation[], observer: string): readonly string[] {
  return observations.flatMap(({ node: at, event }) => {
    if (at !== observer || (event.kind !== 'suspected' && event.kind !== 'trusted')) return [];
    return [`${event.kind} ${event.peer}`];
  });
}

describe('a hidden tab, a worker and a process of Node', () => {
  test.each(seeds(replay, 5))('come to the same verdicts (SEED=%i)', async (seed) => {
    const simulation = new Simulation({ seed });
    const cluster = new SimulatedMonitors(simulation, 4, { profile: 'browser' });
    await simulation.run(2 * MINUTE_MS);
    simulation.inject({ kind: 'throttleTimers', node: worker, everyMs: 1_000 });
    simulation.inject({ kind: 'throttleTimers', node: tab, everyMs: 1_000 });
    await simulation.run(5 * MINUTE_MS);
    simulation.inject({ kind: 'throttleTimers', node: tab, everyMs: MINUTE_MS });
    await simulation.run(30 * MINUTE_MS + 131 * seed);
    expect(cluster.suspicions()).toEqual([]);
    expect(cluster.isAllTrusted).toBe(true);

    const crashedMs = simulation.nowMs;
    simulation.crash(other);
    await simulation.run(5 * MINUTE_MS);
    for (const observer of [tab, worker, node]) {
      const atMs = cluster.suspectedAtMs(observer, other, crashedMs) ?? Infinity;
      // As ever, and the tab waits for the next message of the others.
      expect(atMs - crashedMs).toBeLessThanOrEqual(18_500 + 5_000);
    }
    simulation.restart(other);
    await simulation.run(5 * MINUTE_MS);
    const since = cluster.observations.filter(({ atMs }) => atMs >= crashedMs);
    for (const observer of [tab, worker, node]) {
      expect(verdictsOf(since, observer)).toEqual(['suspected n4', 'trusted n4']);
    }
  });
});

describe('two tabs', () => {
  test.each(seeds(replay, 5))(
    'that are hidden and said so do not suspect each other (SEED=%i)',
    async (seed) => {
      const simulation = new Simulation({ seed });
      const cluster = new SimulatedMonitors(simulation, 2, { profile: 'browser' });
      await simulation.run(2 * MINUTE_MS + 131 * seed);
      for (const id of [tab, worker]) {
        cluster.monitor(id).expectSilence(90_000);
        simulation.inject({ kind: 'throttleTimers', node: id, everyMs: MINUTE_MS });
      }
      await simulation.run(60 * MINUTE_MS);
      expect(cluster.suspicions()).toEqual([]);
      expect(cluster.monitor(tab).counters.sentCount).toBeLessThan(24 + 70);
    },
  );

  test.each(seeds(replay, 5))(
    'that are hidden find out about each other within three of their minutes (SEED=%i)',
    async (seed) => {
      const simulation = new Simulation({ seed });
      const cluster = new SimulatedMonitors(simulation, 2, { profile: 'browser' });
      await simulation.run(2 * MINUTE_MS + 131 * seed);
      simulation.inject({ kind: 'throttleTimers', node: tab, everyMs: MINUTE_MS });
      simulation.crash(worker);
      const crashedMs = simulation.nowMs;
      await simulation.run(10 * MINUTE_MS);
      const atMs = cluster.suspectedAtMs(tab, worker, crashedMs) ?? Infinity;
      expect(atMs - crashedMs).toBeLessThanOrEqual(3 * MINUTE_MS);
    },
  );

  test('of which one comes back to the front is trusted as soon as it says so', async () => {
    const simulation = new Simulation({ seed: 1 });
    const cluster = new SimulatedMonitors(simulation, 2, { profile: 'browser' });
    await simulation.run(2 * MINUTE_MS);
    cluster.monitor(tab).expectSilence(170_000);
    await simulation.run(100);
    cluster.monitor(tab).expectSilence(0);
    await simulation.run(100);
    const crashedMs = simulation.nowMs;
    simulation.crash(tab);
    await simulation.run(MINUTE_MS);
    const atMs = cluster.suspectedAtMs(worker, tab, crashedMs) ?? Infinity;
    expect(atMs - crashedMs).toBeLessThanOrEqual(18_500);
  });
});
