import { keyHasher } from '@quorate/hash';
import { describe, expect, test } from 'vitest';

import { BloomFilter } from '../src/bloom.ts';
import { bloomPositions } from '../src/probes.ts';
import { countFound, keyFamilies, withChance } from './support/key-families.ts';

const shape = { bitCount: 1_024, hashCount: 7 };

function filterOf(...keys: readonly string[]): BloomFilter {
  const filter = new BloomFilter(shape);
  for (const key of keys) filter.add(key);
  return filter;
}

describe('a classic filter', () => {
  test('finds what was added and not what was not', () => {
    const filter = filterOf('a', 'b');

    expect(filter.has('a')).toBe(true);
    expect(filter.has('b')).toBe(true);
    expect(filter.has('c')).toBe(false);
  });

  test('says whether a key is certainly new', () => {
    const filter = filterOf();

    expect(filter.add('a')).toBe('added');
    expect(filter.add('a')).toBe('present');
  });

  test('sets the bits that `bloomPositions` names', () => {
    const filter = filterOf('a');
    filter.hasher.hash('a');
    const positions = bloomPositions(filter.hasher.high, filter.hasher.low, shape);

    const set = new Set(positions);
    for (let at = 0; at < shape.bitCount; at += 1) {
      expect((filter.words[at >> 5]! >>> (at & 31)) & 1).toBe(set.has(at) ? 1 : 0);
    }
  });

  test('goes on with a table that is there', () => {
    const words = filterOf('a').words;
    const filter = new BloomFilter({ words, hashCount: 7 });

    expect(filter.has('a')).toBe(true);
    expect(filter.words).toBe(words);
    expect(filter.bitCount).toBe(1_024);
  });

  test.each([0, 31, -32, 33, Number.NaN, 2 ** 35 + 32])('refuses %d bits', (bitCount) => {
    expect(() => new BloomFilter({ bitCount, hashCount: 1 })).toThrow(
      /^bitCount: expected a multiple of 32 in 32\.\.2\^35, got/,
    );
  });

  test.each([0, -1, 1.5, Number.NaN, 256])('refuses %d bits for a key', (hashCount) => {
    const message = /^hashCount: expected an integer in 1\.\.255, got/;
    expect(() => new BloomFilter({ bitCount: 32, hashCount })).toThrow(message);
    expect(() => new BloomFilter({ words: new Int32Array(1), hashCount })).toThrow(message);
  });

  describe.each(Object.entries(keyFamilies))('of %s', (_, keyOf) => {
    test.each([0.1, 0.01, 0.001])('loses no key and keeps the rate %d', (falsePositiveRate) => {
      const itemCount = 20_000;
      const strangers = 100_000;
      const filter = new BloomFilter({ itemCount, falsePositiveRate });
      for (let index = 0; index < itemCount; index += 1) filter.add(keyOf(index));

      expect(countFound(filter, keyOf, [0, itemCount])).toBe(itemCount);
      const found = countFound(filter, keyOf, [itemCount, itemCount + strangers]);
      expect(found).toBeLessThan(withChance(falsePositiveRate * strangers));
    });
  });
});

describe('its state', () => {
  test('of an empty filter is all zeros', () => {
    expect(filterOf().stats()).toEqual({
      sizeBits: 1_024,
      fillRatio: 0,
      itemCount: 0,
      falsePositiveRate: 0,
    });
  });

  test('counts keys within a percent, and says the rate that is measured', () => {
    const filter = new BloomFilter({ itemCount: 50_000, falsePositiveRate: 0.05 });
    for (let key = 0; key < 50_000; key += 1) filter.add(key);

    const { itemCount, falsePositiveRate } = filter.stats();
    expect(Math.abs(itemCount - 50_000)).toBeLessThan(500);
    const found = countFound(filter, (key) => key, [50_000, 250_000]);
    expect(found / 200_000 / falsePositiveRate).toBeCloseTo(1, 1);
  });
});

describe('two filters', () => {
  test('have a union that is the filter of both sets', () => {
    const left = filterOf('a', 'b');
    const union = left.union(filterOf('b', 'c'));

    expect(union.words).toEqual(filterOf('a', 'b', 'c').words);
    expect(left.words).toEqual(filterOf('a', 'b').words);
    left.addAll(filterOf('b', 'c'));
    expect(left.words).toEqual(union.words);
  });

  test('have an intersection that finds what was added to both', () => {
    const both = filterOf('a', 'b').intersection(filterOf('b', 'c'));

    expect(both.has('b')).toBe(true);
    expect(both.has('a')).toBe(false);
    expect(both.has('c')).toBe(false);
  });

  test.each([
    ['size', { bitCount: 2_048, hashCount: 7 }, /^other\.bitCount: expected 1024, got 2048/],
    ['bits for a key', { bitCount: 1_024, hashCount: 6 }, /^other\.hashCount: expected 7, got 6/],
    ['hash', { ...shape, hasher: keyHasher('xxh64') }, /^other\.hasher: expected murmur3/],
  ])('are not combined if they differ in %s', (_, options, message) => {
    expect(() => filterOf().union(new BloomFilter(options))).toThrow(message);
    expect(() => filterOf().intersection(new BloomFilter(options))).toThrow(message);
  });
});
