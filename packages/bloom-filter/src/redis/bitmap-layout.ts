/*
 * How a filter lies in Redis, bit for bit, so that programs in any language can share it.
 *
 * Two values, in one slot of a Cluster because of the braces:
 *
 *   PREFIX:bloom1:{NAME}:head     text, what the bits mean
 *   PREFIX:bloom1:{NAME}:bits     m / 8 bytes, all of them from the first moment on
 *
 * In NAME, each of % { } stands as % and its two hexadecimal digits, so that two names are never
 * one key and none chooses a slot of its own. While a table is being loaded, `:old` and `:new` are
 * there too, within one script.
 *
 * The header, on one line, with one blank between its parts:
 *
 *   bloom1 bits=9600 hashes=7 hash=murmur3-x86-128 check=6c71f5a1e0a1c9b2 made=0f4a…
 *
 *   bits      m, a multiple of 32 up to 2^32
 *   hashes    k, 1..255
 *   hash      the function that makes 64 bits of a key: its id in `@quorate/hash`
 *   check     those 64 bits of the key "bloom1", in hexadecimal: who gets the same has the same
 *             function, written right, and the same seed, which is not told: it may be a secret
 *   made      sixteen digits, other ones each time that the filter is made anew
 *
 * All but `made` is the same for all who share a filter. Who finds another text lets the bits be.
 *
 * Key number i = 0..k-1 of `high` and `low`, the upper and the lower 32 bits of a key's hash, has
 * the position p, in unsigned arithmetic of 32 bits (`probes.ts` says why):
 *
 *   x = high + i * 0x9e3779b9
 *   x = ((x ^ (x >> 16)) * 0x85ebca6b) ^ low
 *   x = (x ^ (x >> 13)) * 0xc2b2ae35
 *   x = x ^ (x >> 16)
 *   p = 32 * floor(x * (m / 32) / 2^32) + ((x + ((low * 0x2c1b3c6d) >> 27)) & 31)
 *
 * with x * (m / 32) in 64 bits. And p is an offset of SETBIT and GETBIT as it is: Redis counts from
 * the most significant bit of byte 0, so p is the bit of value 2^(7 - p % 8) in byte p / 8.
 *
 *   SETBIT quorate:bloom1:{seen}:bits p 1
 *
 * The words of a `BloomFilter` count from their least significant bit: see `bitmap-bytes.ts`.
 */
import type { KeyHasher } from '@quorate/hash';

import type { BloomShape } from '../sizing.ts';

/** What a string in Redis can hold, 512 MB. */
const BITMAP_BITS_MAX = 2 ** 32;

const NAME_LENGTH_MAX = 512;

/** The keys of a filter in Redis. */
export interface BitmapKeys {
  readonly head: string;
  readonly bits: string;
  /** Where a script puts two chunks to unite them. Gone when it ends. */
  readonly scratch: readonly [string, string];
}

/**
 * The keys of the filter `name`.
 *
 * @throws RangeError if prefix or name cannot be part of a key.
 */
export function bitmapKeys(prefix: string, name: string): BitmapKeys {
  if (!/^[\w.:/-]{1,64}$/.test(prefix)) {
    const expected = '1 to 64 letters, digits, or any of . _ - : /';
    throw new RangeError(`prefix: expected ${expected}, got ${JSON.stringify(prefix)}`);
  }
  // Any half of a surrogate pair is sent as the same three bytes: two names would be one key.
  if (name.length < 1 || name.length > NAME_LENGTH_MAX || !name.isWellFormed()) {
    const expected = `1 to ${NAME_LENGTH_MAX} characters, none of them half a surrogate pair`;
    throw new RangeError(`name: expected ${expected}, got ${JSON.stringify(name).slice(0, 80)}`);
  }
  const tag = name.replaceAll(/[%{}]/g, (unit) => `%${unit.charCodeAt(0).toString(16)}`);
  const stem = `${prefix}:bloom1:{${tag}}`;
  return {
    head: `${stem}:head`,
    bits: `${stem}:bits`,
    scratch: [`${stem}:old`, `${stem}:new`],
  };
}

/** The header up to `made=`: the part that all who share a filter have in common. */
export function headerOf({ bitCount, hashCount }: BloomShape, hasher: KeyHasher): string {
  hasher.hash('bloom1');
  const check = `${hex(hasher.high)}${hex(hasher.low)}`;
  return `bloom1 bits=${bitCount} hashes=${hashCount} hash=${hasher.id} check=${check} made=`;
}

/** 32 bits as eight digits. */
export function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}

/**
 * Throws unless a bitmap of this shape can be in Redis.
 *
 * @throws RangeError if m or k is out of its range.
 */
export function checkBitmapShape({ bitCount, hashCount }: BloomShape): void {
  if (!Number.isSafeInteger(bitCount / 32) || bitCount < 32 || bitCount > BITMAP_BITS_MAX) {
    throw new RangeError(`bitCount: expected a multiple of 32 in 32..2^32, got ${bitCount}`);
  }
  if (!Number.isSafeInteger(hashCount) || hashCount < 1 || hashCount > 255) {
    throw new RangeError(`hashCount: expected an integer in 1..255, got ${hashCount}`);
  }
}
