/*
 * What goes wrong elsewhere: a key that is given twice, or two keys of one hash, can never be
 * solved, and the building runs for ever, or gives up and says nothing.
 */
import { expect, test } from 'vitest';

import { buildFuse } from '../../src/fuse/build-fuse.ts';

function* repeated(count: number): Generator<string> {
  for (let index = 0; index < count; index += 1) yield 'the same';
}

test('a hundred thousand copies of one key are one key', () => {
  const outcome = buildFuse({ keys: repeated(100_000) });
  if (outcome.kind !== 'built') throw new Error('unsolvable');

  expect(outcome.attempts).toBe(2);
  expect(outcome.filter.has('the same')).toBe(true);
  expect(outcome.filter.stats().itemCount).toBe(1);
});

test('two keys of one hash are both found', () => {
  const outcome = buildFuse({ keys: [7, 7n, { high: 0, low: 7 }, 8] });
  if (outcome.kind !== 'built') throw new Error('unsolvable');

  expect(outcome.filter.stats().itemCount).toBe(2);
  expect([outcome.filter.has(7n), outcome.filter.has(8)]).toEqual([true, true]);
});

test.each([0, 1, 2, 3, 4, 5])('%d keys can be built', (count) => {
  const keys = Array.from({ length: count }, (_, index) => index);
  const outcome = buildFuse({ keys });
  if (outcome.kind !== 'built') throw new Error('unsolvable');

  expect(keys.every((key) => outcome.filter.has(key))).toBe(true);
});
