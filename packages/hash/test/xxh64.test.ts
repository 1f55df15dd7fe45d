import { describe, expect, test } from 'vitest';

import { xxh64, Xxh64Hasher } from '../src/xxh64.ts';
import { hasData, hex64, xxhRows } from './support/vectors.ts';

// From the specification and from the reference program, seed 0.
test.each([
  ['', 'ef46db3751d8e999'],
  ['a', 'd24ec4f1a98c6e5b'],
  ['abc', '44bc2cf5ad770999'],
  ['Nobody inspects the spammish repetition', 'fbcea83c8a378bf1'],
])('%j', (text, expected) => {
  expect(hex64(xxh64(text))).toBe(expected);
});

const isThere = hasData();

describe.skipIf(!isThere)('agrees with the reference program', () => {
  test('for every length and seed on file', () => {
    const rows = xxhRows();
    expect(rows.length).toBe(166);
    for (const { bytes, seed, xxh64: expected } of rows) {
      expect(hex64(xxh64(bytes, seed)), `${bytes.length} bytes`).toBe(expected);
      const hasher = new Xxh64Hasher(seed);
      hasher.hash(bytes);
      expect(hex64([hasher.low, hasher.high])).toBe(expected);
    }
  });
});

test.each([-1n, 2n ** 64n])('refuses %d as a seed', (seed) => {
  expect(() => xxh64('a', seed)).toThrow(/^seed: expected an integer in 0\.\.2\^64-1/);
});
