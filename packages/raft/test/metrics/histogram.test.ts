import { expect, test } from 'vitest';

import { Histogram, secondsBounds } from '../../src/metrics/histogram.ts';

test('a value counts in the first bucket that it is not above', () => {
  const histogram = new Histogram([1, 2]);
  for (const value of [0, 1, 1.5, 2, 3]) histogram.observe(value);
  expect(histogram.cumulative()).toEqual([2, 4, 5]);
  expect(histogram.count).toBe(5);
  expect(histogram.sum).toBe(7.5);
});

test('the bounds of latencies rise', () => {
  expect([...secondsBounds].sort((left, right) => left - right)).toEqual(secondsBounds);
  expect(new Histogram().cumulative()).toHaveLength(secondsBounds.length + 1);
});
