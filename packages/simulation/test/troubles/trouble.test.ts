import { seededRandom } from '@quorate/transport/system';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { logUniform, onOneNode, shuffled, span } from '../../src/troubles/trouble.ts';
import { networkSettings } from '../../src/network-options.ts';
import { BusyNodes } from '../../src/troubles/busy-nodes.ts';

const arrival = { fromMs: 10, toMs: 20, random: seededRandom(1), name: 'pause 0' };

test('a span begins and ends a trouble', () => {
  const pause = { kind: 'pause', node: 'a' } as const;
  const resume = { kind: 'resume', node: 'a' } as const;
  expect(span(arrival, pause, resume)).toEqual([
    { atMs: 10, kind: 'pause', node: 'a' },
    { atMs: 20, kind: 'resume', node: 'a' },
  ]);
});

test('shuffling keeps every item, and brings each to every place', () => {
  fc.assert(
    fc.property(fc.array(fc.nat()), fc.nat(), (items, seed) => {
      const order = shuffled(items, seededRandom(seed));
      expect(order.toSorted((x, y) => x - y)).toEqual(items.toSorted((x, y) => x - y));
    }),
  );
  const orders = Array.from({ length: 200 }, (_, seed) =>
    shuffled(['a', 'b', 'c'], seededRandom(seed)).join(''),
  );
  expect(new Set(orders).size).toBe(6);
});

test('a trouble of one node finds nobody where nobody is', () => {
  const strike = onOneNode((_, node) => [{ atMs: 0, kind: 'pause', node }]);
  const drawing = {
    network: networkSettings(),
    fromMs: 0,
    busy: new BusyNodes([], 0),
    releases: [],
    waves: { count: 0, endMs: 0 },
    damageable: [],
    forgetful: [],
    twinnable: [],
    rotPathPrefix: '',
  };
  expect(strike(arrival, { ...drawing, nodeIds: [] })).toEqual([]);
  expect(strike(arrival, { ...drawing, nodeIds: ['a'] })).toHaveLength(1);
});

test('log-uniform numbers fall into every doubling as often', () => {
  const random = seededRandom(1);
  const counts = new Array<number>(5).fill(0);
  for (let index = 0; index < 10_000; index += 1) {
    const number = logUniform(random, 2, 64);
    expect(number).toBeGreaterThanOrEqual(2);
    expect(number).toBeLessThan(64.001);
    const doubling = Math.min(4, Math.floor(Math.log2(number / 2)));
    counts[doubling] = (counts[doubling] ?? 0) + 1;
  }
  for (const count of counts) expect(Math.abs(count - 2_000)).toBeLessThan(5 * 40);
});
