import { describe, expect, test } from 'vitest';

import {
  BUCKET_COUNT_MAX,
  BUCKET_SLOTS,
  CuckooFilter,
  fingerprint,
  otherBucket,
} from '../src/cuckoo.ts';
import { countFound, keyFamilies, withChance } from './support/key-families.ts';

describe('a cuckoo filter', () => {
  test('finds what was added, until it is removed', () => {
    const filter = new CuckooFilter({ itemCount: 100, falsePositiveRate: 0.001 });

    expect(filter.add('a')).toBe('added');
    expect(filter.add('b')).toBe('added');
    expect(filter.remove('a')).toBe(true);
    expect([filter.has('a'), filter.has('b')]).toEqual([false, true]);
    expect(filter.remove('a')).toBe(false);
    expect(filter.itemCount).toBe(1);
  });

  test('is a bag: what was added twice is there until it was removed twice', () => {
    const filter = new CuckooFilter({ bucketCount: 10, fingerprintBits: 16 });
    filter.add('a');
    filter.add('a');

    expect(filter.remove('a')).toBe(true);
    expect(filter.has('a')).toBe(true);
    expect(filter.remove('a')).toBe(true);
    expect(filter.has('a')).toBe(false);
  });

  test('goes on with a table that is there, and counts what is in it', () => {
    for (const fingerprintBits of [8, 16, 32] as const) {
      const before = new CuckooFilter({ bucketCount: 7, fingerprintBits });
      for (const key of ['a', 'b', 'b']) before.add(key);
      const after = new CuckooFilter({ slots: before.slots });

      expect([after.bucketCount, after.fingerprintBits]).toEqual([7, fingerprintBits]);
      expect(after.itemCount).toBe(3);
      expect(after.slots).toBe(before.slots);
      expect(after.remove('a')).toBe(true);
      expect(before.has('a')).toBe(false);
    }
  });

  test('refuses a table that is no row of buckets', () => {
    for (const length of [0, 1, 6]) {
      const slots = new Uint8Array(length);
      expect(() => new CuckooFilter({ slots })).toThrow(/^bucketCount: expected an integer in 1/);
    }
  });

  test('puts every fingerprint back after an addition that found no room', () => {
    const filter = new CuckooFilter({ bucketCount: 20, fingerprintBits: 16 });
    for (let key = 0; filter.add(key) === 'added';) key += 1;
    let refused = 0;
    for (let key = 1_000; key < 1_050; key += 1) {
      const before = filter.slots.slice();
      if (filter.add(key) === 'added') continue;
      refused += 1;
      expect(filter.slots).toEqual(before);
    }
    expect(refused).toBeGreaterThan(40);
  });

  test.each([0, -1, 1.5, Number.NaN, BUCKET_COUNT_MAX + 1])('refuses %d buckets', (bucketCount) => {
    expect(() => new CuckooFilter({ bucketCount, fingerprintBits: 8 })).toThrow(/^bucketCount:/);
  });

  test('takes the shortest fingerprint that has the rate', () => {
    const bitsFor = (falsePositiveRate: number): number =>
      new CuckooFilter({ itemCount: 10, falsePositiveRate }).fingerprintBits;

    expect([0.03, 0.029, 0.001, 1e-5].map(bitsFor)).toEqual([8, 16, 16, 32]);
    expect(() => bitsFor(1e-10)).toThrow(/^falsePositiveRate: expected at least/);
  });

  test.each(Object.entries(keyFamilies))('of %s keeps its rate', (_, keyOf) => {
    const filter = new CuckooFilter({ itemCount: 20_000, falsePositiveRate: 0.03 });
    for (let index = 0; index < 20_000; index += 1) filter.add(keyOf(index));
    expect(filter.itemCount).toBe(20_000);

    const found = countFound(filter, keyOf, [20_000, 120_000]);
    expect(found).toBeLessThan(withChance(3_000));
    expect(found / 100_000 / filter.stats().falsePositiveRate).toBeCloseTo(1, 0);
    expect(filter.slots.length).toBe(filter.bucketCount * BUCKET_SLOTS);
  });
});

test('the way to the other bucket leads back', () => {
  for (let print = 1; print < 300; print += 1) {
    for (const [bucket, count] of [
      [0, 1],
      [2, 3],
      [99, 1_000],
      [999_999, 1_000_003],
    ] as const) {
      const other = otherBucket(bucket, print, count);
      expect(other).toBeLessThan(count);
      expect(otherBucket(other, print, count)).toBe(bucket);
    }
  }
});

test('the fingerprints of one bucket have other buckets all over the table', () => {
  const others = Array.from({ length: 255 }, (_, index) => otherBucket(500, index + 1, 10_000));
  const tenths = new Array<number>(10).fill(0);
  for (const other of others) tenths[Math.floor(other / 1_000)]! += 1;

  expect(new Set(others).size).toBeGreaterThan(245);
  expect(Math.min(...tenths)).toBeGreaterThan(10);
  expect(Math.max(...tenths)).toBeLessThan(45);
});

test('a fingerprint of 32 bits is all of them, but for 0', () => {
  expect([1, 2, 6, -8, -1].map((low) => fingerprint(low, 32))).toEqual([1, 2, 6, -8, -1]);
});

test('no fingerprint is 0', () => {
  for (const bits of [8, 16, 32] as const) expect(fingerprint(0, bits)).toBe(1);
  expect(fingerprint(-1, 8)).toBe(255);
  expect(fingerprint(-1, 16)).toBe(65_535);
});
