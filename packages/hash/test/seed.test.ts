import { expect, test } from 'vitest';

import { bytesOfWords, seed32, seedWords } from '../src/seed.ts';

test('a number, a bigint and bytes may say the same seed', () => {
  const bytes = Uint8Array.of(1, 2, 3, 0xf4);
  expect(seed32(0xf403_0201)).toBe(0xf403_0201 | 0);
  expect(seed32(0xf403_0201n)).toBe(0xf403_0201 | 0);
  expect(seed32(bytes)).toBe(0xf403_0201 | 0);
  expect(bytesOfWords([seed32(bytes)])).toEqual(bytes);
});

test('64 bits and 128', () => {
  expect(seedWords(5, 8)).toEqual([5, 0]);
  expect(seedWords(0xffff_ffff_0000_0001n, 8)).toEqual([1, -1]);
  expect(seedWords(new Uint8Array(16).fill(1), 16)).toEqual(new Array(4).fill(0x0101_0101));
});

test('refuses what does not fit', () => {
  expect(() => seed32(2n ** 32n)).toThrow(/^seed: expected an integer in 0\.\.2\^32-1/);
  expect(() => seedWords(2n ** 64n, 8)).toThrow(/^seed: expected an integer in 0\.\.2\^64-1/);
  expect(() => seedWords(new Uint8Array(8), 16)).toThrow('seed: expected 16 bytes, got 8');
});
