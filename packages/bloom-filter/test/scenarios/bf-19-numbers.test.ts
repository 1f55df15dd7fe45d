/*
 * What goes wrong elsewhere: -1 and 2^32 - 1, or 2^32 and 0, are silently one key; NaN is every
 * key; 1 and "1" are one key in one release and two in the next.
 */
import { describe, expect, test } from 'vitest';

import { BloomFilter } from '../../src/bloom.ts';
import { SplitBlockBloomFilter } from '../../src/split-block-bloom.ts';

describe.each([
  ['classic', () => new BloomFilter({ bitCount: 2 ** 16, hashCount: 20 })],
  ['split-block', () => new SplitBlockBloomFilter({ blockCount: 1_024 })],
])('a %s filter', (_, emptyFilter) => {
  test.each([-1, 2 ** 32, 1.5, Number.NaN, Infinity, -1n, 2n ** 64n])('refuses %d', (key) => {
    const filter = emptyFilter();
    expect(() => filter.add(key)).toThrow(RangeError);
    expect(() => filter.has(key)).toThrow(RangeError);
    expect(filter.stats().fillRatio).toBe(0);
  });

  test.each([
    ['-0 and 0', -0, 0],
    ['7 and 7n', 7, 7n],
    ['7 and its halves', 7, { high: 0, low: 7 }],
    ['7 and its eight bytes', 7, Uint8Array.of(7, 0, 0, 0, 0, 0, 0, 0)],
    ['2^64-1 and its halves', 2n ** 64n - 1n, { high: 2 ** 32 - 1, low: 2 ** 32 - 1 }],
  ])('has one key in %s', (__, left, right) => {
    const filter = emptyFilter();
    filter.add(left);
    expect(filter.has(right)).toBe(true);
  });

  test.each([
    ['1 and "1"', 1, '1'],
    ['1 and one byte', 1, Uint8Array.of(1)],
    ['0 and nothing', 0, ''],
    ['2^32 and 0', 2n ** 32n, 0],
    ['2^32-1 and 2^64-1', 2 ** 32 - 1, 2n ** 64n - 1n],
  ])('has two keys in %s', (__, left, right) => {
    const filter = emptyFilter();
    filter.add(left);
    expect(filter.has(right)).toBe(false);
  });
});
