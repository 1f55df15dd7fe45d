import { describe, expect, test } from 'vitest';

import { murmur3x64_128, Murmur3X64Hasher } from '../src/murmur3-x64-128.ts';
import { hasData, hex64, murmurRows, verificationWord } from './support/vectors.ts';

test('gives the verification word of SMHasher', () => {
  expect(verificationWord(murmur3x64_128)).toBe('6384ba69');
});

test.each([
  ['hello', 'cbd8a7b341bd9b02', '5b1e906a48ae1d19'],
  ['The quick brown fox jumps over the lazy dog.', 'cd99481f9ee902c9', '695da1a38987b6e7'],
])('%j', (text, first, second) => {
  const words = murmur3x64_128(text);
  expect(hex64(words)).toBe(first);
  expect(hex64(words.subarray(2))).toBe(second);
});

describe.skipIf(!hasData())('agrees with other programs', () => {
  test('on every row on file', () => {
    for (const row of murmurRows()) {
      const words = murmur3x64_128(row.str, row.seed);
      expect(hex64(words), row.str).toBe(row.x64_128_h1);
      expect(hex64(words.subarray(2)), row.str).toBe(row.x64_128_h2);
    }
  });
});

test('a hasher gives the first eight bytes', () => {
  const hasher = new Murmur3X64Hasher(9);
  hasher.hash('key');
  expect(hex64([hasher.low, hasher.high])).toBe(hex64(murmur3x64_128('key', 9)));
});

test('writes into the array that it is given', () => {
  const out = new Uint32Array(4);
  expect(murmur3x64_128('a', 1, out)).toBe(out);
  expect(out).toEqual(murmur3x64_128('a', 1));
});
