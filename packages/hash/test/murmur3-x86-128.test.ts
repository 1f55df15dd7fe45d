import { expect, test } from 'vitest';

import { murmur3x86_128, Murmur3X86Hasher } from '../src/murmur3-x86-128.ts';
import { hex32, verificationWord } from './support/vectors.ts';

test('gives the verification word of SMHasher', () => {
  expect(verificationWord(murmur3x86_128)).toBe('b3ece62a');
});

test('continues a string past one block', () => {
  const words = [...murmur3x86_128('The quick brown fox jumps over the lazy dog')];
  // As C++ has it, with seed 0.
  expect(words.map(hex32)).toEqual(['2f1583c3', 'ecee2c67', '5d7bf66c', 'e5e91d2c']);
});

test('writes into the array that it is given', () => {
  const out = new Uint32Array(4);
  expect(murmur3x86_128('a', 1, out)).toBe(out);
  expect(out).toEqual(murmur3x86_128('a', 1));
  expect(out).not.toEqual(murmur3x86_128('a', 2));
});

test('a hasher gives the first eight bytes', () => {
  const hasher = new Murmur3X86Hasher(9);
  hasher.hash('key');
  const [low, high] = murmur3x86_128('key', 9);
  expect([hasher.low >>> 0, hasher.high >>> 0]).toEqual([low, high]);
});

test.each([-1, 2 ** 32, 0.5, Number.NaN])('refuses %d as a seed', (seed) => {
  expect(() => new Murmur3X86Hasher(seed)).toThrow(/^seed: expected an integer in 0\.\.2\^32-1/);
});
