/*
 * What goes wrong elsewhere: two filters take turns, and a key that came just before the turn is
 * forgotten just after it. Or the clock is set back, the generation of long ago is taken for the
 * one of now, and the keys of the last minutes are emptied with it.
 */
import { expect, test } from 'vitest';

import { RollingFilter } from '../../src/rolling.ts';

function filterOf(generationCount: number): RollingFilter {
  const sizing = { itemCount: 1_000, falsePositiveRate: 1e-6 };
  return new RollingFilter({ ...sizing, windowMs: 60_000, generationCount });
}

test.each([1, 2, 4, 10])('a key of just before a turn is found, of %d generations', (count) => {
  const filter = filterOf(count);
  const turnMs = 7 * filter.generationMs;
  filter.add('just before', turnMs - 1);

  expect(filter.has('just before', turnMs)).toBe(true);
  expect(filter.has('just before', turnMs - 1 + 60_000)).toBe(true);
  expect(filter.has('just before', turnMs + 60_000)).toBe(false);
});

test('a clock that goes back forgets nothing', () => {
  const filter = filterOf(4);
  for (let key = 0; key < 100; key += 1) filter.add(key, 1_000_000 + key);
  filter.add('after the step', 400_000);

  for (let key = 0; key < 100; key += 1) expect(filter.has(key, 400_001)).toBe(true);
  expect(filter.has('after the step', 460_000)).toBe(true);
});

test('what is added after a step back is found for a window of the time before it', () => {
  const filter = filterOf(4);
  filter.add('before', 1_000_000);
  filter.add('after the step', 400_000);

  expect(filter.has('after the step', 1_060_000)).toBe(true);
  expect(filter.has('after the step', 1_075_000)).toBe(false);
});

test('times that come out of order are no steps', () => {
  const filter = filterOf(4);
  filter.add('a', 15_000);
  for (let message = 0; message < 10_000; message += 1) {
    filter.has('a', message % 2 === 0 ? 74_999 : 30_000);
  }

  expect(filter.has('a', 75_000)).toBe(true);
});
