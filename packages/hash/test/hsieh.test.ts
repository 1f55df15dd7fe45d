import { expect, test } from 'vitest';

import { libmemcachedHsieh, superFastHash } from '../src/hsieh.ts';

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
