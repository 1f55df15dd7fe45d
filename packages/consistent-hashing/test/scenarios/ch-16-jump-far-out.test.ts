/*
 * What goes wrong elsewhere: a key of 64 bits is read as a double and loses its lower bits above
 * 2^53, or its sign above 2^63; one bucket, or 2^31-1 of them, is off by one.
 */
import { expect, test } from 'vitest';

import { jumpHash } from '../../src/jump/jump-index.ts';

test('one bucket has all keys, and the largest number of buckets is met', () => {
  expect(jumpHash({ high: -1, low: -1 }, 1)).toBe(0);
  const bucket = jumpHash({ high: -1, low: -1 }, 2 ** 31 - 1);
  expect(bucket).toBeGreaterThanOrEqual(0);
  expect(bucket).toBeLessThan(2 ** 31 - 1);
});

test('keys that are one double are two keys', () => {
  // 10863919174838991, of which a double keeps only 10863919174838992.
  const high = Math.floor(10863919174838990 / 2 ** 32);
  expect(jumpHash({ high, low: Number(10863919174838991n & 0xffff_ffffn) }, 11)).toBe(6);
  const buckets = [0, 1, 2, 3, 4, 5, 6, 7].map((low) => jumpHash({ high: -1, low }, 1_000_000));
  expect(new Set(buckets).size).toBe(8);
});
