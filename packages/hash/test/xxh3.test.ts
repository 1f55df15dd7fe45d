import { describe, expect, test } from 'vitest';

import { xxh3 } from '../src/xxh3.ts';
import { hasData, hex64, xxhRows } from './support/vectors.ts';

// What the reference program answers for bytes i * 131 + 7, seed 0.
test.each([
  [0, '2d06800538d394c2'],
  [1, '4c5cca45d0f4811f'],
  [3, '6e3e2670e61106ac'],
  [4, '5c4c63133443d03f'],
  [8, 'f9fd4dd0b04d78f5'],
  [9, '7c20df9712c26edf'],
  [16, '86abf6baccea0858'],
  [17, 'b58bf5dc5022d071'],
  [64, '1291d2d4042330dd'],
  [128, '10d17f72c0ccba41'],
  [129, '1648bdc3db49d1a2'],
  [240, 'b6cfaf343fab81e6'],
  [241, '956cae592c67279e'],
  [1024, '70bd377d9574f4bb'],
  [1025, '66c4487c41e127a7'],
  [2048, '8b46caa67dab3a30'],
])('%i bytes', (length, expected) => {
  const bytes = Uint8Array.from({ length }, (_, index) => index * 131 + 7);
  expect(hex64(xxh3(bytes))).toBe(expected);
});

describe.skipIf(!hasData())('agrees with the reference program', () => {
  test('for every length and seed on file', () => {
    for (const { bytes, seed, xxh3: expected } of xxhRows()) {
      expect(hex64(xxh3(bytes, seed)), `${bytes.length} bytes`).toBe(expected);
    }
  });
});

test('writes into the array that it is given', () => {
  const out = new Uint32Array(2);
  expect(xxh3('a', 2n ** 64n - 1n, out)).toBe(out);
  expect(out).toEqual(xxh3('a', new Uint8Array(8).fill(255)));
});

test('refuses a seed beyond 64 bits', () => {
  expect(() => xxh3('a', 2n ** 64n)).toThrow(/^seed: expected an integer in 0\.\.2\^64-1/);
});
