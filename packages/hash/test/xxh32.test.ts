import { describe, expect, test } from 'vitest';

import { xxh32 } from '../src/xxh32.ts';
import { hasData, hex32, verificationWord, xxhRows } from './support/vectors.ts';

test('gives the verification word of SMHasher', () => {
  expect(verificationWord((bytes, seed) => [xxh32(bytes, seed)])).toBe('ba88b743');
});

test('no bytes', () => {
  expect(hex32(xxh32(''))).toBe('02cc5d05');
});

describe.skipIf(!hasData())('agrees with the reference program', () => {
  test('for every length and seed on file', () => {
    for (const { bytes, seed, xxh32: expected } of xxhRows()) {
      const lower = BigInt.asUintN(32, seed);
      expect(hex32(xxh32(bytes, lower)), `${bytes.length} bytes`).toBe(expected);
    }
  });
});
