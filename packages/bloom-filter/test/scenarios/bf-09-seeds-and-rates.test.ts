/*
 * What goes wrong elsewhere: the seed is an argument that the hash function ignores. All k bits of
 * a key are then the same one, and one stranger in ten is found where one in a hundred was asked
 * for.
 */
import { keyHasher } from '@quorate/hash';
import { describe, expect, test } from 'vitest';

import { BloomFilter } from '../../src/bloom.ts';
import { SplitBlockBloomFilter } from '../../src/split-block-bloom.ts';
import { countFound, keyFamilies, withChance } from '../support/key-families.ts';

const seeds = Array.from({ length: 20 }, (_, seed) => seed);
const itemCount = 5_000;
const strangers = 60_000;

test('every seed gives a key other bits', () => {
  const classic = seeds.map((seed) => {
    const hasher = keyHasher('murmur3-x86-128', seed);
    const filter = new BloomFilter({ bitCount: 2 ** 16, hashCount: 7, hasher });
    filter.add('key');
    return filter.words.join();
  });
  const split = seeds.map((seed) => {
    const hasher = keyHasher('xxh64', seed);
    const filter = new SplitBlockBloomFilter({ blockCount: 64, hasher });
    filter.add('key');
    return filter.words.join();
  });
  expect(new Set(classic).size).toBe(seeds.length);
  expect(new Set(split).size).toBe(seeds.length);
});

describe.each(Object.entries(keyFamilies))('of %s', (_, keyOf) => {
  test.each([0.3, 0.03, 1e-4, 1e-6])('at most 1.1 times %d are found', (falsePositiveRate) => {
    const sizing = { itemCount, falsePositiveRate };
    for (const filter of [new BloomFilter(sizing), new SplitBlockBloomFilter(sizing)]) {
      for (let index = 0; index < itemCount; index += 1) filter.add(keyOf(index));

      expect(countFound(filter, keyOf, [0, itemCount])).toBe(itemCount);
      const found = countFound(filter, keyOf, [itemCount, itemCount + strangers]);
      expect(found).toBeLessThan(withChance(1.1 * falsePositiveRate * strangers));
    }
  });
});
