import { seededRandom } from '@quorate/transport/system';
import { expect, test } from 'vitest';

import { randomSchedule } from '../../src/index.ts';
import { drawn, drawnNodes, kindsOf, valuesOf } from '../support/drawn.ts';

const bold = { amnesiacMax: 3, lastsMsMax: 51 };

test.each([
  ['lieSync', ['lieSyncs', 'crash', 'lieSyncs', 'restart'], '"power"'],
  ['misdirectWrite', ['misdirectWrites', 'crash', 'misdirectWrites', 'restart'], '"process"'],
  ['wipeDisk', ['crash', 'wipeDisk', 'restart'], '"power"'],
] as const)('%s: the fault bites when the node comes back', (kind, order, mode) => {
  const events = drawn(kind, bold);
  expect(events.slice(0, order.length).map((event) => event.kind)).toEqual(order);
  expect(valuesOf(events, 'mode')).toEqual(new Set([mode]));
  expect(valuesOf(events, 'node').size).toBe(3);
  expect(drawn(kind)).toEqual([]);
});

test('a lie lasts for one sync or for many', () => {
  const counts = [...valuesOf(drawn('lieSync', bold), 'count')].map(Number);
  expect(Math.min(...counts)).toBe(0);
  expect(Math.max(...counts)).toBeGreaterThan(50);
});

test('a disk is restored to what it was at any time before', () => {
  const events = drawn('restoreDisk', bold);
  const ages = events.flatMap((event) => {
    if (event.kind !== 'restoreDisk') return [];
    const taken = events.find(
      (other) => other.kind === 'snapshotDisk' && other.name === event.name,
    );
    expect(taken).toMatchObject({ node: event.node });
    return [event.atMs - (taken?.atMs ?? Infinity)];
  });
  expect(ages.length).toBeGreaterThan(20);
  expect(Math.min(...ages)).toBeLessThan(2_000);
  expect(Math.max(...ages)).toBeGreaterThan(30_000);
  expect(kindsOf(events)).toEqual(new Set(['snapshotDisk', 'crash', 'restoreDisk', 'restart']));
});

test('nodes whose disks are swapped are as faulty as others', () => {
  for (let seed = 0; seed < 50; seed += 1) {
    const perMinute = { crash: 40, swapDisks: 40 };
    const limits = { amnesiacMax: 5, faultyAtOnceMax: 2 };
    const options = { nodeIds: drawnNodes, untilMs: 60_000, perMinute, ...limits };
    const down = new Set<string>();
    for (const event of randomSchedule(seededRandom(seed), options)) {
      if (event.kind === 'crash') {
        expect(down).not.toContain(event.node);
        down.add(event.node);
      }
      if (event.kind === 'restart') down.delete(event.node);
      expect(down.size).toBeLessThanOrEqual(2);
    }
  }
});

test('two nodes swap disks while both are down', () => {
  const events = drawn('swapDisks', bold);
  expect(events.slice(0, 5).map((event) => event.kind)).toEqual([
    'crash',
    'crash',
    'swapDisks',
    'restart',
    'restart',
  ]);
  const nodes = events.slice(0, 2).map((event) => 'node' in event && event.node);
  expect(events[2]).toMatchObject({ left: nodes[0], right: nodes[1] });
  expect(drawn('swapDisks', { ...bold, amnesiacMax: 1 })).toEqual([]);
  expect(drawn('swapDisks', { ...bold, faultyAtOnceMax: 1 })).toEqual([]);
});
