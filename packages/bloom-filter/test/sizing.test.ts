import { describe, expect, test } from 'vitest';

import {
  bloomFalsePositiveRate,
  bloomShape,
  checkSizing,
  splitBlockCount,
  splitBlockFalsePositiveRate,
} from '../src/sizing.ts';

const rates = [0.5, 0.3, 0.1, 0.01, 1e-3, 1e-6, 1e-9];

describe('the classic shape', () => {
  test.each([
    [1e6, 0.01, 9_592_832, 7],
    [1e6, 0.03, 7_303_008, 5],
    [1, 0.01, 32, 7],
    [0, 0.01, 32, 7],
  ])('for %d keys at %d is known', (itemCount, falsePositiveRate, bitCount, hashCount) => {
    const shape = bloomShape({ itemCount, falsePositiveRate });
    expect(shape.hashCount).toBe(hashCount);
    expect(Math.abs(shape.bitCount - bitCount)).toBeLessThan(bitCount / 100);
  });

  test.each(rates)('has the rate %d by its own formula, and not a word less', (rate) => {
    const sizing = { itemCount: 100_000, falsePositiveRate: rate };
    const shape = bloomShape(sizing);
    const smaller = { ...shape, bitCount: shape.bitCount - 32 };
    expect(bloomFalsePositiveRate(shape, 100_000)).toBeLessThanOrEqual(rate * (1 + 1e-9));
    expect(bloomFalsePositiveRate(smaller, 100_000)).toBeGreaterThan(rate * (1 - 1e-9));
  });

  test('refuses what needs more than 4 GiB', () => {
    expect(() => bloomShape({ itemCount: 2 ** 40, falsePositiveRate: 0.01 })).toThrow(
      /^itemCount: expected one that needs at most 34359738368 bits, got one that needs/,
    );
  });
});

describe('the count of split blocks', () => {
  test.each(rates)('has the rate %d by its own formula, and not a block less', (rate) => {
    const blockCount = splitBlockCount({ itemCount: 100_000, falsePositiveRate: rate });
    expect(splitBlockFalsePositiveRate(blockCount, 100_000)).toBeLessThanOrEqual(rate);
    expect(splitBlockFalsePositiveRate(blockCount - 1, 100_000)).toBeGreaterThan(rate);
  });

  test('is that of 10.5 bits a key at one in a hundred', () => {
    const blockCount = splitBlockCount({ itemCount: 1e6, falsePositiveRate: 0.01 });
    expect((256 * blockCount) / 1e6).toBeCloseTo(10.5, 1);
  });

  test('refuses what needs more than 2 GiB', () => {
    expect(() => splitBlockCount({ itemCount: 2 ** 40, falsePositiveRate: 0.01 })).toThrow(
      /^itemCount: expected one that needs at most 17179869184 bits/,
    );
  });
});

test('rates rise from 0 to 1 with the keys', () => {
  const shape = { bitCount: 1_024, hashCount: 7 };
  let classic = -1;
  let split = -1;
  for (const itemCount of [0, 1, 10, 100, 1_000, 10_000]) {
    expect(bloomFalsePositiveRate(shape, itemCount)).toBeGreaterThan(classic);
    expect(splitBlockFalsePositiveRate(4, itemCount)).toBeGreaterThanOrEqual(split);
    classic = bloomFalsePositiveRate(shape, itemCount);
    split = splitBlockFalsePositiveRate(4, itemCount);
  }
  expect(bloomFalsePositiveRate(shape, Number.MAX_SAFE_INTEGER)).toBe(1);
  expect(splitBlockFalsePositiveRate(4, Number.MAX_SAFE_INTEGER)).toBe(1);
  expect(bloomFalsePositiveRate(shape, 0)).toBe(0);
  expect(splitBlockFalsePositiveRate(4, 0)).toBe(0);
});

test('a sizing for no key at all counts as one for one', () => {
  expect(checkSizing({ itemCount: 0, falsePositiveRate: 0.01 })).toBe(1);
});
