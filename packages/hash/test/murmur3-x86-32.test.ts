import { describe, expect, test } from 'vitest';

import { murmur3x86_32 } from '../src/murmur3-x86-32.ts';
import { hasData, hex32, murmurRows, verificationWord } from './support/vectors.ts';

test('gives the verification word of SMHasher', () => {
  expect(verificationWord((bytes, seed) => [murmur3x86_32(bytes, seed)])).toBe('b0f57ee3');
});

test.each([
  ['', 0, '00000000'],
  ['', 1, '514e28b7'],
  ['', 0xffff_ffff, '81f16f39'],
  ['hello', 0, '248bfa47'],
])('%j with seed %i', (text, seed, expected) => {
  expect(hex32(murmur3x86_32(text, seed))).toBe(expected);
});

describe.skipIf(!hasData())('agrees with other programs', () => {
  test('on every row on file', () => {
    expect(murmurRows().length).toBe(9);
    for (const row of murmurRows()) {
      expect(hex32(murmur3x86_32(row.str, row.seed)), row.str).toBe(row.x86_32);
    }
  });
});
