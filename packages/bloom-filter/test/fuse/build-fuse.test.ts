import { expect, test } from 'vitest';

import { buildFuse, emptyTable, FUSE_ITEM_COUNT_MAX } from '../../src/fuse/build-fuse.ts';
import { bareHasher } from '../support/bare-hasher.ts';

test('the same keys give the same filter, and in any order one of the same answers', () => {
  const keys = Array.from({ length: 1_000 }, (_, index) => `key-${index}`);
  const forward = buildFuse({ keys, seed: 7 });
  const again = buildFuse({ keys, seed: 7 });
  const backward = buildFuse({ keys: keys.toReversed(), seed: 7 });

  if (forward.kind !== 'built' || again.kind !== 'built' || backward.kind !== 'built') {
    throw new Error('unsolvable');
  }
  expect(again.filter.parts.table).toEqual(forward.filter.parts.table);
  expect(backward.filter.parts.seedHigh).toBe(forward.filter.parts.seedHigh);
  expect(keys.every((key) => backward.filter.has(key))).toBe(true);
});

test('another seed gives another filter', () => {
  const [one, two] = [1, 2].map((seed) => buildFuse({ keys: ['a', 'b'], seed }));
  if (one?.kind !== 'built' || two?.kind !== 'built') throw new Error('unsolvable');
  expect(one.filter.parts.seedHigh).not.toBe(two.filter.parts.seedHigh);
});

test.each([
  ['lower', (index: number) => ({ high: index, low: 0x8000_0007 })],
  ['upper', (index: number) => ({ high: 0x8000_0007, low: index })],
])('keys that share the %s half of their hash are not one when one is there twice', (_, keyOf) => {
  const keys = Array.from({ length: 500 }, (_unused, index) => keyOf(index));
  const outcome = buildFuse({ keys: [...keys, keyOf(3)], hasher: bareHasher() });
  if (outcome.kind !== 'built') throw new Error('unsolvable');

  expect(outcome.filter.stats().itemCount).toBe(500);
  expect(keys.every((key) => outcome.filter.has(key))).toBe(true);
});

test.each([-1, 0.5, Number.NaN, 2 ** 32])('refuses the seed %d', (seed) => {
  expect(() => buildFuse({ keys: [], seed })).toThrow(/^seed: expected an integer in 0\.\.2\^32-1/);
});

test('a table has words of the size of its fingerprints', () => {
  expect(emptyTable(8, 3).BYTES_PER_ELEMENT).toBe(1);
  expect(emptyTable(16, 3).BYTES_PER_ELEMENT).toBe(2);
  expect(emptyTable(32, 3).BYTES_PER_ELEMENT).toBe(4);
  expect(FUSE_ITEM_COUNT_MAX).toBe(2 ** 27);
});
