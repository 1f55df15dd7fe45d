import { keyHasher } from '@quorate/hash';
import { describe, expect, test } from 'vitest';

import { SplitBlockBloomFilter } from '../src/split-block-bloom.ts';
import { countFound, keyFamilies, withChance } from './support/key-families.ts';

function filterOf(...keys: readonly string[]): SplitBlockBloomFilter {
  const filter = new SplitBlockBloomFilter({ blockCount: 8 });
  for (const key of keys) filter.add(key);
  return filter;
}

describe('a split-block filter', () => {
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

  test('sets one bit in each word of one block for a key', () => {
    const { words } = filterOf('a');

    const used = words.findIndex((word) => word !== 0) >> 3;
    words.forEach((word, at) => {
      const bits = (word >>> 0).toString(2).replaceAll('0', '').length;
      expect(bits).toBe(at >> 3 === used ? 1 : 0);
    });
  });

  test('has the shape it was made for', () => {
    expect(filterOf().blockCount).toBe(8);
    expect(filterOf().words).toHaveLength(64);
    const sized = new SplitBlockBloomFilter({ itemCount: 1_000, falsePositiveRate: 0.01 });
    expect(sized.blockCount).toBe(42);
    expect(sized.hasher.id).toBe('murmur3-x86-128');
  });

  test('goes on with a table that is there', () => {
    const words = filterOf('a').words;
    const filter = new SplitBlockBloomFilter({ words });

    expect(filter.has('a')).toBe(true);
    expect(filter.words).toBe(words);
  });

  test.each([0, -1, 1.5, Number.NaN, 2 ** 26 + 1])('refuses %d blocks', (blockCount) => {
    expect(() => new SplitBlockBloomFilter({ blockCount })).toThrow(
      /^blockCount: expected an integer in 1\.\.2\^26, got/,
    );
  });

  test.each([0, 7, 12])('refuses a table of %d words', (length) => {
    expect(() => new SplitBlockBloomFilter({ words: new Int32Array(length) })).toThrow(
      /^words: expected 8 for each of 1\.\.2\^26 blocks, got/,
    );
  });

  describe.each(Object.entries(keyFamilies))('of %s', (_, keyOf) => {
    test.each([0.1, 0.01, 0.001])('loses no key and keeps the rate %d', (falsePositiveRate) => {
      const itemCount = 20_000;
      const strangers = 100_000;
      const filter = new SplitBlockBloomFilter({ itemCount, falsePositiveRate });
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
      sizeBits: 2_048,
      fillRatio: 0,
      itemCount: 0,
      falsePositiveRate: 0,
    });
  });

  test('counts keys within a percent, and says the rate that is measured', () => {
    const filter = new SplitBlockBloomFilter({ itemCount: 50_000, falsePositiveRate: 0.05 });
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

  test('are not combined if they differ in size or hash', () => {
    const small = new SplitBlockBloomFilter({ blockCount: 4 });
    const other = new SplitBlockBloomFilter({ blockCount: 8, hasher: keyHasher('xxh64') });

    expect(() => filterOf().union(small)).toThrow(/^other\.blockCount: expected 8, got 4/);
    expect(() => filterOf().intersection(other)).toThrow(/^other\.hasher: expected murmur3/);
  });
});
