import { expect, test } from 'vitest';

import { libmemcachedMurmur, murmur2, murmur64a } from '../src/murmur2.ts';
import { verificationWord } from './support/vectors.ts';

test('murmur64a gives the verification word of SMHasher', () => {
  expect(verificationWord(murmur64a)).toBe('1f0d3804');
});

test('murmur2 gives the verification word of SMHasher', () => {
  expect(verificationWord((bytes, seed) => [murmur2(bytes, seed)])).toBe('27864c1e');
});

test('the seed of libmemcached depends on the length', () => {
  for (const key of ['', 'a', 'key', 'a longer key']) {
    const seed = Math.imul(0xdeadbeef, key.length) >>> 0;
    expect(libmemcachedMurmur(key)).toBe(murmur2(key, seed));
  }
});

test('writes into the array that it is given', () => {
  const out = new Uint32Array(2);
  expect(murmur64a('a', 2n ** 64n - 1n, out)).toBe(out);
  expect(out).toEqual(murmur64a('a', new Uint8Array(8).fill(255)));
});
