/*
 * MurmurHash3_x86_32: one lane of 32 bits. For protocols that ask for it; with 32 bits, two of
 * 77,000 keys collide more often than not, and a placement or filter wants 64.
 *
 *   each word of 4 bytes:   h = 5 * rotl(h ^ scramble(word), 13) + 0xe6546b64
 *   the rest, with zeros:   h = h ^ scramble(rest)
 *   the end:                h = mix(h ^ length)
 *
 * Source: Austin Appleby, MurmurHash3.cpp, in SMHasher (public domain).
 */
import { lengthOf, loadInput, scratch, tailAt } from './scratch.ts';
import { seed32, type HashSeed } from './seed.ts';

/**
 * MurmurHash3_x86_32, as an int32: `>>> 0` makes it the number that others print.
 *
 * @param input - A string is hashed as its UTF-8.
 * @param seed - 32 bits.
 * @throws RangeError if the seed does not fit 32 bits.
 *
 * @example
 * ```ts
 * murmur3x86_32('hello') >>> 0; // => 0x248bfa47
 * ```
 */
export function murmur3x86_32(input: string | Uint8Array, seed: HashSeed = 0): number {
  let h = seed32(seed);
  const view = loadInput(input);
  const length = lengthOf(view);
  let at = 0;
  for (; at + 4 <= length; at += 4) {
    h ^= scramble(view.getInt32(at, true));
    h = (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
  }
  if (at < length) h ^= scramble(scratch.getInt32(tailAt(view, at, length), true));
  h ^= length;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

function scramble(word: number): number {
  const k = Math.imul(word, 0xcc9e2d51);
  return Math.imul((k << 15) | (k >>> 17), 0x1b873593);
}
