import { nodeId } from '@quorate/transport';
import { seededRandom } from '@quorate/transport/system';
import { expect, test } from 'vitest';

import { type FaultEvent, randomSchedule, Simulation } from '../../src/index.ts';
import { drawn, drawnNodes, kindsOf, valuesOf } from '../support/drawn.ts';

/** What runs when: releases by node after each event. */
async function releasesDuring(events: readonly FaultEvent[]): Promise<readonly string[]> {
  const simulation = new Simulation({ seed: 1, release: 3 });
  const releases = new Map<string, number>();
  for (const name of drawnNodes) {
    simulation.addNode(nodeId(name), ({ release }) => {
      releases.set(name, release);
      return {};
    });
  }
  const seen: string[] = [];
  simulation.onEvent(() => {
    const now = [...releases.values()].toSorted((one, two) => one - two).join(' ');
    if (seen.at(-1) !== now) seen.push(now);
  });
  simulation.schedule(events);
  await simulation.run(60_000);
  for (const name of drawnNodes) expect(simulation.stateOf(nodeId(name))).toBe('running');
  return seen.filter((now) => now.length === 9);
}

test('all nodes go to the next release, one by one, and nobody is two behind', async () => {
  const events = drawn('upgrade', { releases: [3, 5, 8], lastsMsMin: 1_000 });
  expect(await releasesDuring(events)).toEqual([
    '3 3 3 3 3',
    '3 3 3 3 5',
    '3 3 3 5 5',
    '3 3 5 5 5',
    '3 5 5 5 5',
    '5 5 5 5 5',
    '5 5 5 5 8',
    '5 5 5 8 8',
    '5 5 8 8 8',
    '5 8 8 8 8',
    '8 8 8 8 8',
  ]);
  expect(kindsOf(events)).toEqual(new Set(['stop', 'crash', 'upgrade', 'restart']));
});

test('a wave takes nobody down beyond what may be, or is left out', () => {
  const options = { releases: [1, 2], lastsMsMin: 1_000, faultyAtOnceMax: 1 };
  const down = new Set<string>();
  for (const event of drawn('upgrade', options)) {
    if (event.kind === 'stop' || event.kind === 'crash') down.add(event.node);
    if (event.kind === 'restart') down.delete(event.node);
    expect(down.size).toBeLessThanOrEqual(1);
  }
  expect(drawn('upgrade', { ...options, faultyAtOnceMax: 0 })).toEqual([]);
  expect(drawn('upgrade', { ...options, releases: [7] })).toEqual([]);
  expect(drawn('upgrade', { ...options, lastsMsMin: 1, lastsMsMax: 2 })).toEqual([]);
});

test('other trouble leaves a wave alone, and a wave goes all the way or nowhere', () => {
  let waveCount = 0;
  for (let seed = 0; seed < 100; seed += 1) {
    const events = randomSchedule(seededRandom(seed), {
      nodeIds: drawnNodes,
      untilMs: 60_000,
      perMinute: { crash: 40, upgrade: 20 },
      releases: [1, 2, 3],
    });
    const down = new Set<string>();
    const upgraded = new Map<number, number>();
    for (const event of events) {
      if (event.kind === 'stop' || event.kind === 'crash') down.add(event.node);
      if (event.kind === 'restart') down.delete(event.node);
      expect(down.size).toBeLessThanOrEqual(2);
      if (event.kind !== 'upgrade') continue;
      expect(down).toContain(event.node);
      upgraded.set(event.release, (upgraded.get(event.release) ?? 0) + 1);
    }
    for (const count of upgraded.values()) expect(count).toBe(drawnNodes.length);
    waveCount += upgraded.size;
  }
  expect(waveCount).toBeGreaterThan(20);
});

test('a twin comes beside a node that runs, or that stands still and later goes on', () => {
  const events = drawn('twin', { twinsMax: 2, lastsMsMax: 51 });
  const orders = new Set<string>();
  for (const node of valuesOf(events, 'node')) {
    const own = events.filter((event) => 'node' in event && JSON.stringify(event.node) === node);
    const kinds = own.map(({ kind }) => kind).join(' ');
    for (const order of kinds.split(/(?<=endTwin) /)) orders.add(order);
  }
  expect(orders).toEqual(new Set(['twin endTwin', 'pause twin resume endTwin']));
  expect(valuesOf(events, 'node').size).toBe(2);
  expect(drawn('twin')).toEqual([]);
});

test('half of the points are live for a while', () => {
  const events = drawn('buggify', { lastsMsMax: 51 });
  expect(events.slice(0, 2)).toMatchObject([
    { kind: 'buggify', share: 0.5 },
    { kind: 'buggify', share: 0 },
  ]);
});
