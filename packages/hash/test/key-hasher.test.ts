import { describe, expect, test } from 'vitest';

import type { HashId, KeyHasher } from '../src/hasher.ts';
import { hashIdOf, keyHasher } from '../src/key-hasher.ts';
import type { Key } from '../src/key.ts';

const seeds: Readonly<Record<HashId, bigint | Uint8Array>> = {
  'murmur3-x86-128': 0xfedc_ba98n,
  xxh64: 0xfedc_ba98_7654_3210n,
  'murmur3-x64-128': 0xfedc_ba98n,
  'siphash-1-3': Uint8Array.from({ length: 16 }, (_, index) => 255 - index),
  'siphash-2-4': Uint8Array.from({ length: 16 }, (_, index) => index),
};

const all = Object.entries(seeds).map(([id, seed]) => keyHasher(id as HashId, seed));

function bitsOf(hasher: KeyHasher, key: Key): [number, number] {
  hasher.hash(key);
  return [hasher.high, hasher.low];
}

function bytes64(value: bigint): Uint8Array {
  return Uint8Array.from({ length: 8 }, (_, index) => Number((value >> BigInt(8 * index)) & 255n));
}

describe.each(all.map((hasher) => [hasher.id, hasher] as const))('%s', (id, hasher) => {
  test.each([0, 1, 7, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff])('%d is its eight bytes', (value) => {
    const expected = bitsOf(hasher, bytes64(BigInt(value)));
    expect(bitsOf(hasher, value)).toEqual(expected);
    expect(bitsOf(hasher, BigInt(value))).toEqual(expected);
    expect(bitsOf(hasher, { high: 0, low: value })).toEqual(expected);
    hasher.hashUint32(value);
    expect([hasher.high, hasher.low]).toEqual(expected);
  });

  test.each([2n ** 32n, 2n ** 63n, 2n ** 64n - 1n, 0x0123_4567_89ab_cdefn])('%d too', (value) => {
    const key = { high: Number(value >> 32n), low: Number(value & 0xffff_ffffn) };
    const expected = bitsOf(hasher, bytes64(value));
    expect(bitsOf(hasher, value)).toEqual(expected);
    expect(bitsOf(hasher, key)).toEqual(expected);
    hasher.hash64(key.high | 0, key.low | 0);
    expect([hasher.high, hasher.low]).toEqual(expected);
  });

  test('text and its digits are two keys', () => {
    expect(bitsOf(hasher, '1')).not.toEqual(bitsOf(hasher, 1));
    expect(bitsOf(hasher, '1')).toEqual(bitsOf(hasher, Uint8Array.of(0x31)));
  });

  test('a string is its UTF-8 at every length', () => {
    const alphabets = ['abcdefgh', 'aé', '漢字', 'a😀', 'x\ud800', '\udfffy', '\0\x7f\x80'];
    for (const letters of alphabets) {
      for (let length = 0; length <= 64; length += 1) {
        const text = letters.repeat(length).slice(0, length);
        const expected = bitsOf(hasher, new TextEncoder().encode(text));
        expect(bitsOf(hasher, text), JSON.stringify(text)).toEqual(expected);
      }
    }
  });

  test('one letter beyond ASCII is seen wherever it stands', () => {
    for (let place = 0; place < 24; place += 1) {
      const text = `${'a'.repeat(place)}é${'a'.repeat(23 - place)}`;
      expect(bitsOf(hasher, text)).toEqual(bitsOf(hasher, new TextEncoder().encode(text)));
    }
  });

  test.each([255, 256, 257, 1_023, 1_024, 1_025, 3_073, 100_001])('%d bytes', (length) => {
    const text = Array.from({ length }, (_, index) => String.fromCharCode(97 + (index % 23)));
    const expected = bitsOf(hasher, text.join(''));
    const bytes = new TextEncoder().encode(text.join(''));
    expect(bitsOf(hasher, bytes)).toEqual(expected);

    const amid = new Uint8Array(length + 40).fill(255);
    amid.set(bytes, 3);
    hasher.hashBytes(amid.subarray(1), 2, length + 2);
    expect([hasher.high, hasher.low]).toEqual(expected);
  });

  test('nothing is left over from a longer key', () => {
    const fresh = bitsOf(keyHasher(id, hasher.seed), 'ab');
    hasher.hash('x'.repeat(200));
    expect(bitsOf(hasher, 'ab')).toEqual(fresh);
  });

  test('can be made again from its code and its seed', () => {
    const again = keyHasher(hashIdOf(hasher.code), hasher.seed);
    expect(again.id).toBe(id);
    expect(bitsOf(again, 'key')).toEqual(bitsOf(hasher, 'key'));
  });

  test('its seed counts', () => {
    const other = keyHasher(id, hasher.seed.fill(7));
    expect(bitsOf(other, 'key')).not.toEqual(bitsOf(hasher, 'key'));
    expect(bitsOf(other, 7)).not.toEqual(bitsOf(hasher, 7));
  });

  test('refuses a seed of another length', () => {
    expect(() => keyHasher(id, new Uint8Array(3))).toThrow(/^seed: expected \d+ bytes, got 3/);
  });

  test.each([-1, 1.5, 2 ** 32, Number.NaN, -1n, 2n ** 64n])('refuses %s', (key) => {
    expect(() => hasher.hash(key)).toThrow(/^key: expected an integer in 0\.\.2\^/);
  });

  test('refuses halves that are none', () => {
    expect(() => hasher.hash({ high: -1, low: 0 })).toThrow(/^key\.high: expected/);
    expect(() => hasher.hash({ high: 0, low: 2 ** 32 })).toThrow(/^key\.low: expected/);
  });
});

test('codes never change', () => {
  expect(all.map(({ id, code }) => [code, id])).toEqual([
    [1, 'murmur3-x86-128'],
    [2, 'xxh64'],
    [3, 'murmur3-x64-128'],
    [4, 'siphash-1-3'],
    [5, 'siphash-2-4'],
  ]);
});

test('a code of others may be unknown', () => {
  expect(hashIdOf(0)).toBeUndefined();
  expect(hashIdOf(255)).toBeUndefined();
});

test('refuses an id that is none', () => {
  const id = 'md4' as HashId;
  expect(() => keyHasher(id)).toThrow(/^id: expected one of murmur3-x86-128, .*, got md4$/);
});
