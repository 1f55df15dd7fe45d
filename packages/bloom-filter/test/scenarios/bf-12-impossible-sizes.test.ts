/*
 * What goes wrong elsewhere: a rate of 0 asks for infinitely many bits and gets none, NaN becomes a
 * filter that knows everything, and a rate of 10^-300 makes a thousand hash functions.
 */
import { describe, expect, test } from 'vitest';

import { BloomFilter } from '../../src/bloom.ts';
import { bloomShape } from '../../src/sizing.ts';
import { SplitBlockBloomFilter } from '../../src/split-block-bloom.ts';

describe.each([
  ['classic', BloomFilter],
  ['split-block', SplitBlockBloomFilter],
])('a %s filter', (_, Filter) => {
  test.each([0, -0.1, 1, 1.5, Number.NaN, Infinity, 1e-300, 1e-16])('has no rate of %d', (rate) => {
    expect(() => new Filter({ itemCount: 10, falsePositiveRate: rate })).toThrow(
      /^falsePositiveRate: expected a number in 1e-15\.\.1, without 1, got/,
    );
  });

  test.each([-1, 1.5, Number.NaN, Infinity, 2 ** 53])('is not made for %d keys', (itemCount) => {
    expect(() => new Filter({ itemCount, falsePositiveRate: 0.01 })).toThrow(
      /^itemCount: expected an integer in 0\.\.2\^53-1, got/,
    );
  });

  test('is not made for more keys than memory can hold', () => {
    const itemCount = 2 ** 53 - 1;
    expect(() => new Filter({ itemCount, falsePositiveRate: 0.01 })).toThrow(
      /^itemCount: expected one that needs at most \d+ bits, got one that needs \d/,
    );
  });

  test('is made for no key at all, and takes one', () => {
    const filter = new Filter({ itemCount: 0, falsePositiveRate: 0.01 });
    expect(filter.has('a')).toBe(false);
    filter.add('a');
    expect(filter.has('a')).toBe(true);
  });

  test.each([1e-15, 0.999_999])('is made for the rate %d', (falsePositiveRate) => {
    const filter = new Filter({ itemCount: 100, falsePositiveRate });
    for (let key = 0; key < 100; key += 1) filter.add(key);
    for (let key = 0; key < 100; key += 1) expect(filter.has(key)).toBe(true);
  });
});

test('the lowest rate needs fifty bits a key', () => {
  expect(bloomShape({ itemCount: 1, falsePositiveRate: 1e-15 }).hashCount).toBe(50);
});
