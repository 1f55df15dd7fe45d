import { expect, test } from 'vitest';

import { hashHalves, libmemcachedHsieh, superFastHash } from '../src/hsieh.ts';
import { verificationWord } from './support/vectors.ts';

test('begun at 0, with signed bytes, gives the verification word of SMHasher', () => {
  const word = verificationWord((bytes) => {
    const { length } = bytes;
    const view = new DataView(bytes.buffer);
    return [length === 0 ? 0 : hashHalves(view, length, 0, view.getInt8(length - 1))];
  });
  expect(word).toBe('980acd1d');
});

test('no bytes are zero', () => {
  expect(superFastHash('')).toBe(0);
  expect(libmemcachedHsieh('')).toBe(0);
});

test('the two begin with different values', () => {
  for (const text of ['a', 'ab', 'abc', 'abcd', 'abcde']) {
    expect(superFastHash(text)).not.toBe(libmemcachedHsieh(text));
  }
});

test('the original takes a single last byte as signed, libmemcached does not', () => {
  expect(superFastHash(Uint8Array.of(0xff))).toBe(0);
  expect(libmemcachedHsieh(Uint8Array.of(0xff))).not.toBe(0);
});
