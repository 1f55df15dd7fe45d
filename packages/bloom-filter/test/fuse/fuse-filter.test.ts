import { keyHasher, type Key } from '@quorate/hash';
import { describe, expect, test } from 'vitest';

import { buildFuse } from '../../src/fuse/build-fuse.ts';
import type { FingerprintBits, FuseFilter } from '../../src/fuse/fuse-filter.ts';
import { countFound, keyFamilies, withChance } from '../support/key-families.ts';

function built(keys: Iterable<Key>, fingerprintBits: FingerprintBits = 8): FuseFilter {
  const outcome = buildFuse({ keys, fingerprintBits });
  if (outcome.kind === 'unsolvable') throw new Error('unsolvable');
  return outcome.filter;
}

function keysOf(keyOf: (index: number) => Key, count: number): Key[] {
  return Array.from({ length: count }, (_, index) => keyOf(index));
}

describe.each(Object.entries(keyFamilies))('a fuse filter of %s', (_, keyOf) => {
  test.each([8, 16, 32] as const)('of %d bits loses no key and keeps its rate', (bits) => {
    const filter = built(keysOf(keyOf, 20_000), bits);

    expect(filter.kind).toBe(`fuse-${bits}`);
    expect(countFound(filter, keyOf, [0, 20_000])).toBe(20_000);
    const found = countFound(filter, keyOf, [20_000, 120_000]);
    expect(found).toBeLessThan(withChance(100_000 * 2 ** -bits));
  });
});

test('an empty filter has no key, for certain', () => {
  const filter = built([]);

  expect(countFound(filter, (key) => key, [0, 10_000])).toBe(0);
  expect(filter.stats()).toMatchObject({ itemCount: 0, falsePositiveRate: 0 });
});

test('a hundred thousand keys cost 9.6 bits each at most, and none is lost', () => {
  const filter = built(keysOf(Number, 100_000));
  const { sizeBits, itemCount, falsePositiveRate } = filter.stats();

  expect(itemCount).toBe(100_000);
  expect(sizeBits / itemCount).toBeLessThanOrEqual(9.6);
  expect(falsePositiveRate).toBe(1 / 256);
  expect(countFound(filter, Number, [0, 100_000])).toBe(100_000);
});

test('asks by the hash of a key as by the key', () => {
  const filter = built(['a']);
  const hasher = keyHasher();
  hasher.hash('a');

  expect(filter.hasHash(hasher.high, hasher.low)).toBe(true);
});
