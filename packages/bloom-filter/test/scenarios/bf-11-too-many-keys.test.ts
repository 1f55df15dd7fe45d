/*
 * What goes wrong elsewhere: five keys more than planned and nobody notices; all bits set and the
 * count of keys is the logarithm of 0.
 */
import { describe, expect, test } from 'vitest';

import { BloomFilter } from '../../src/bloom.ts';
import {
  bloomFalsePositiveRate,
  bloomShape,
  splitBlockFalsePositiveRate,
} from '../../src/sizing.ts';
import { SplitBlockBloomFilter } from '../../src/split-block-bloom.ts';
import { countFound } from '../support/key-families.ts';

const sizing = { itemCount: 10_000, falsePositiveRate: 0.01 };

describe.each([2, 10])('with %d times the keys it was made for', (times) => {
  const keys = times * sizing.itemCount;

  test('a classic filter has the rate of the formula, and says so', () => {
    const filter = new BloomFilter(sizing);
    for (let key = 0; key < keys; key += 1) filter.add(key);
    const found = countFound(filter, (key) => key, [keys, keys + 50_000]) / 50_000;

    expect(found / bloomFalsePositiveRate(bloomShape(sizing), keys)).toBeCloseTo(1, 1);
    expect(filter.stats().falsePositiveRate / found).toBeCloseTo(1, 1);
    expect(Math.abs(filter.stats().itemCount / keys - 1)).toBeLessThan(0.05);
  });

  test('a split-block filter has the rate of the formula, and says so', () => {
    const filter = new SplitBlockBloomFilter(sizing);
    for (let key = 0; key < keys; key += 1) filter.add(key);
    const found = countFound(filter, (key) => key, [keys, keys + 50_000]) / 50_000;

    expect(found / splitBlockFalsePositiveRate(filter.blockCount, keys)).toBeCloseTo(1, 1);
    expect(filter.stats().falsePositiveRate / found).toBeCloseTo(1, 1);
    expect(Math.abs(filter.stats().itemCount / keys - 1)).toBeLessThan(0.05);
  });
});

test.each([
  ['classic', new BloomFilter({ words: new Int32Array(32).fill(-1), hashCount: 7 })],
  ['split-block', new SplitBlockBloomFilter({ words: new Int32Array(32).fill(-1) })],
])('a %s filter with all bits set counts a finite number', (_, filter) => {
  const { itemCount, fillRatio, falsePositiveRate } = filter.stats();
  expect(Number.isSafeInteger(itemCount)).toBe(true);
  expect(itemCount).toBeGreaterThan(100);
  expect([fillRatio, falsePositiveRate]).toEqual([1, 1]);
});
