import { expect, test } from 'vitest';

import { itemCountOf } from '../src/estimates.ts';

test.each([0, 1, 10, 1_000, 5_000])('finds %d keys in the zeros that they leave', (items) => {
  const zeros = 100_000 * (1 - 1 / 100_000) ** (7 * items);
  expect(Math.abs(itemCountOf(100_000 - zeros, 100_000, 100_000, 7) - items)).toBeLessThan(2);
});

test('is finite when no zero is left', () => {
  expect(itemCountOf(1_024, 1_024, 1_024, 7)).toBeGreaterThan(1_000);
  expect(itemCountOf(1_024, 1_024, 1_024, 7)).toBeLessThan(2_000);
});
