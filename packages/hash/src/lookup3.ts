/*
 * Jenkins' lookup3: three lanes of 32 bits take twelve bytes a step and are mixed reversibly, so
 * that no input is lost. libmemcached's `jenkins`, with 13 as its seed.
 *
 * A last block of one to twelve bytes, with zeros, is added and mixed by other rotations. An input
 * without bytes skips that.
 *
 * Source: Bob Jenkins, lookup3.c, May 2006 (public domain), `hashlittle`.
 */
import { lengthOf, loadInput, scratch, tailAt } from './scratch.ts';
import { seed32, type HashSeed } from './seed.ts';

const BLOCK_BYTES = 12;
const LIBMEMCACHED_SEED = 13;

/**
 * lookup3's `hashlittle`, as an int32.
 *
 * @param input - A string is hashed as its UTF-8.
 * @param seed - 32 bits.
 * @throws RangeError if the seed does not fit 32 bits.
 *
 * @example
 * ```ts
 * lookup3('Four score and seven years ago') >>> 0; // => 0x17770551
 * ```
 */
export function lookup3(input: string | Uint8Array, seed: HashSeed = 0): number {
  const start = seed32(seed);
  const view = loadInput(input);
  const length = lengthOf(view);
  let a = (0xdeadbeef + length + start) | 0;
  let b = a;
  let c = a;
  let at = 0;
  for (; length - at > BLOCK_BYTES; at += BLOCK_BYTES) {
    a = (a + view.getInt32(at, true)) | 0;
    b = (b + view.getInt32(at + 4, true)) | 0;
    c = (c + view.getInt32(at + 8, true)) | 0;
    a = ((a - c) | 0) ^ rotate(c, 4);
    c = (c + b) | 0;
    b = ((b - a) | 0) ^ rotate(a, 6);
    a = (a + c) | 0;
    c = ((c - b) | 0) ^ rotate(b, 8);
    b = (b + a) | 0;
    a = ((a - c) | 0) ^ rotate(c, 16);
    c = (c + b) | 0;
    b = ((b - a) | 0) ^ rotate(a, 19);
    a = (a + c) | 0;
    c = ((c - b) | 0) ^ rotate(b, 4);
    b = (b + a) | 0;
  }
  if (length === 0) return c;
  const rest = tailAt(view, at, length);
  a = (a + scratch.getInt32(rest, true)) | 0;
  b = (b + scratch.getInt32(rest + 4, true)) | 0;
  c = (c + scratch.getInt32(rest + 8, true)) | 0;
  return finish(a, b, c);
}

/**
 * libmemcached's `jenkins`, as an int32.
 *
 * @param input - A string is hashed as its UTF-8.
 *
 * @example
 * ```ts
 * libmemcachedJenkins('apple') >>> 0; // => 1442444624
 * ```
 */
export function libmemcachedJenkins(input: string | Uint8Array): number {
  return lookup3(input, LIBMEMCACHED_SEED);
}

function finish(first: number, second: number, third: number): number {
  let c = ((third ^ second) - rotate(second, 14)) | 0;
  let a = ((first ^ c) - rotate(c, 11)) | 0;
  let b = ((second ^ a) - rotate(a, 25)) | 0;
  c = ((c ^ b) - rotate(b, 16)) | 0;
  a = ((a ^ c) - rotate(c, 4)) | 0;
  b = ((b ^ a) - rotate(a, 14)) | 0;
  return ((c ^ b) - rotate(b, 24)) | 0;
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
