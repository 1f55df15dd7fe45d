import { expect, test } from 'vitest';

import { libmemcachedJenkins, lookup3 } from '../src/lookup3.ts';
import { hex32, verificationWord } from './support/vectors.ts';

test('gives the verification word of SMHasher', () => {
  expect(verificationWord((bytes, seed) => [lookup3(bytes, seed)])).toBe('3d83917a');
});

// driver5 of lookup3.c.
test.each([
  ['', 0, 'deadbeef'],
  ['', 0xdeadbeef, 'bd5b7dde'],
  ['Four score and seven years ago', 0, '17770551'],
  ['Four score and seven years ago', 1, 'cd628161'],
])('%j with seed %i', (text, seed, expected) => {
  expect(hex32(lookup3(text, seed))).toBe(expected);
});

test('libmemcached seeds it with 13', () => {
  expect(libmemcachedJenkins('apple')).toBe(lookup3('apple', 13));
});
