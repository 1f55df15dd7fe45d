/*
 * What goes wrong elsewhere: filters of another size, seed or hash function are merged bit by bit.
 * Their bits mean nothing to each other, and keys of one are lost in the other.
 */
import { keyHasher } from '@quorate/hash';
import { describe, expect, test } from 'vitest';

import { BloomFilter } from '../../src/bloom.ts';
import { SplitBlockBloomFilter } from '../../src/split-block-bloom.ts';

describe('classic filters are not combined', () => {
  const filter = new BloomFilter({ bitCount: 1_024, hashCount: 7 });

  test.each([
    ['m', { bitCount: 512, hashCount: 7 }],
    ['k', { bitCount: 1_024, hashCount: 8 }],
    ['seed', { bitCount: 1_024, hashCount: 7, hasher: keyHasher('murmur3-x86-128', 1) }],
    ['function', { bitCount: 1_024, hashCount: 7, hasher: keyHasher('xxh64') }],
  ])('if they differ in %s, and stay as they are', (_, options) => {
    const other = new BloomFilter(options);
    other.add('a');
    expect(() => filter.union(other)).toThrow(RangeError);
    expect(() => filter.intersection(other)).toThrow(RangeError);
    expect(() => filter.addAll(other)).toThrow(RangeError);
    expect(filter.stats().fillRatio).toBe(0);
  });
});

describe('split-block filters are not combined', () => {
  const filter = new SplitBlockBloomFilter({ blockCount: 4 });

  test.each([
    ['z', { blockCount: 2 }],
    ['seed', { blockCount: 4, hasher: keyHasher('murmur3-x86-128', 1) }],
    ['function', { blockCount: 4, hasher: keyHasher('xxh64') }],
  ])('if they differ in %s, and stay as they are', (_, options) => {
    const other = new SplitBlockBloomFilter(options);
    other.add('a');
    expect(() => filter.union(other)).toThrow(RangeError);
    expect(() => filter.intersection(other)).toThrow(RangeError);
    expect(() => filter.addAll(other)).toThrow(RangeError);
    expect(filter.stats().fillRatio).toBe(0);
  });
});

test('an intersection has every common key, and its count is no less than theirs', () => {
  const sizing = { itemCount: 2_000, falsePositiveRate: 0.01 };
  const left = new BloomFilter(sizing);
  const right = new BloomFilter(sizing);
  for (let key = 0; key < 1_000; key += 1) left.add(key);
  for (let key = 900; key < 1_900; key += 1) right.add(key);
  const both = left.intersection(right);

  for (let key = 900; key < 1_000; key += 1) expect(both.has(key)).toBe(true);
  expect(both.stats().itemCount).toBeGreaterThanOrEqual(100);
  expect(Math.abs(left.union(right).stats().itemCount - 1_900)).toBeLessThan(60);
});
