import { describe, expect, test } from 'vitest';

import { rapidhash } from '../src/rapidhash.ts';
import { hasData, hex64, xxhRows } from './support/vectors.ts';

// What the reference program answers for bytes i * 131 + 7, seed 0.
test.each([
  [0, '0338dc4be2cecdae'],
  [1, '5c2caf7d68f06d3e'],
  [3, '453968562b8692e9'],
  [4, 'cfa4da2476b6636e'],
  [8, '7b06ccf26409e9bc'],
  [9, '3c5082df9f9e8d98'],
  [16, '2a7a372c383b6b27'],
  [17, 'f5896810dccb51a4'],
  [64, '6c55b63f9753a72f'],
  [128, '5cd8708dd3fa9fd9'],
  [129, 'f926c3a8930d2108'],
  [240, '85d9897d08c7099f'],
  [241, '93734a9afc0499d1'],
  [1024, 'd0a3c53d4a64095d'],
  [1025, '7ae92a086d499d40'],
  [2048, '35a00299ae02d3de'],
])('%i bytes', (length, expected) => {
  const bytes = Uint8Array.from({ length }, (_, index) => index * 131 + 7);
  expect(hex64(rapidhash(bytes))).toBe(expected);
});

describe.skipIf(!hasData())('agrees with the reference program', () => {
  test('for every length and seed on file', () => {
    for (const { bytes, seed, rapidhash: expected } of xxhRows()) {
      expect(hex64(rapidhash(bytes, seed)), `${bytes.length} bytes`).toBe(expected);
    }
  });
});

test('writes into the array that it is given', () => {
  const out = new Uint32Array(2);
  expect(rapidhash('a', 2n ** 64n - 1n, out)).toBe(out);
  expect(out).toEqual(rapidhash('a', new Uint8Array(8).fill(255)));
});

test('refuses a seed beyond 64 bits', () => {
  expect(() => rapidhash('a', 2n ** 64n)).toThrow(/^seed: expected an integer in 0\.\.2\^64-1/);
});
