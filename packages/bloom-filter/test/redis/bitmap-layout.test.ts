import { keyHasher } from '@quorate/hash';
import { describe, expect, test } from 'vitest';

import { bitmapKeys, checkBitmapShape, headerOf, hex } from '../../src/redis/bitmap-layout.ts';

const shape = { bitCount: 9_600, hashCount: 7 };

describe('keys', () => {
  test('lie in one slot, which the name chooses', () => {
    expect(bitmapKeys('quorate', 'seen orders')).toEqual({
      head: 'quorate:bloom1:{seen orders}:head',
      bits: 'quorate:bloom1:{seen orders}:bits',
      scratch: ['quorate:bloom1:{seen orders}:old', 'quorate:bloom1:{seen orders}:new'],
    });
  });

  test('have one pair of braces, whatever the name is, and two names are never one key', () => {
    const names = ['a', '{a}', '}a{', '%7ba%7d', '{%', '%7b%', '__proto__', 'é', '漢字', '\0', ' '];
    const heads = names.map((name) => bitmapKeys('p', name).head);
    expect(new Set(heads).size).toBe(names.length);
    for (const head of heads) expect(head).toMatch(/^p:bloom1:\{[^{}]+\}:head$/u);
  });

  test.each(['', 'a'.repeat(513), 'half \ud800', '\udc00'])('refuse the name %j', (name) => {
    expect(() => bitmapKeys('p', name)).toThrow(/^name: expected 1 to 512 characters/);
  });

  test.each(['', 'a b', '{a}', 'é', 'a'.repeat(65)])('refuse the prefix %j', (prefix) => {
    expect(() => bitmapKeys(prefix, 'a')).toThrow(/^prefix: expected 1 to 64 letters/);
  });
});

describe('the header', () => {
  test('is this text in every release', () => {
    expect(headerOf(shape, keyHasher())).toBe(
      'bloom1 bits=9600 hashes=7 hash=murmur3-x86-128 check=2bdc5150a9b25594 made=',
    );
    expect(headerOf(shape, keyHasher('xxh64'))).toMatch(
      /^bloom1 bits=9600 hashes=7 hash=xxh64 check=[0-9a-f]{16} made=$/,
    );
  });

  test('differs with m, k, the function and the seed', () => {
    const secret = Uint8Array.from({ length: 16 }, (_, at) => at);
    const headers = [
      headerOf(shape, keyHasher()),
      headerOf({ ...shape, bitCount: 9_632 }, keyHasher()),
      headerOf({ ...shape, hashCount: 8 }, keyHasher()),
      headerOf(shape, keyHasher('murmur3-x86-128', 1)),
      headerOf(shape, keyHasher('murmur3-x64-128')),
      headerOf(shape, keyHasher('xxh64')),
      headerOf(shape, keyHasher('xxh64', 1n)),
      headerOf(shape, keyHasher('siphash-1-3', secret)),
      headerOf(
        shape,
        keyHasher(
          'siphash-1-3',
          secret.map((byte) => byte ^ 1),
        ),
      ),
    ];
    expect(new Set(headers).size).toBe(headers.length);
  });

  test('writes 32 bits as eight digits', () => {
    expect([0, -1, 0x80].map(hex)).toEqual(['00000000', 'ffffffff', '00000080']);
  });
});

describe('the shape', () => {
  test('goes up to what a string in Redis can hold', () => {
    expect(() => checkBitmapShape({ bitCount: 32, hashCount: 1 })).not.toThrow();
    expect(() => checkBitmapShape({ bitCount: 2 ** 32, hashCount: 255 })).not.toThrow();
  });

  test.each([0, -32, 33, 31.5, Number.NaN, 2 ** 32 + 32, 2 ** 40, Infinity])(
    'refuses %d bits',
    (bitCount) => {
      const message = `bitCount: expected a multiple of 32 in 32..2^32, got ${bitCount}`;
      expect(() => checkBitmapShape({ bitCount, hashCount: 7 })).toThrow(new RangeError(message));
    },
  );

  test.each([0, -1, 256, 1.5, Number.NaN, 2 ** 31])('refuses %d bits a key', (hashCount) => {
    const message = `hashCount: expected an integer in 1..255, got ${hashCount}`;
    expect(() => checkBitmapShape({ bitCount: 32, hashCount })).toThrow(new RangeError(message));
  });
});
