/*
 * XXH32: xxHash for words of 32 bits, used by LZ4 frames. Four lanes take 4 bytes each of a stripe
 * of 16; they are merged, and the rest is taken in words and byte by byte.
 *
 *   lane = rotl(lane + word * P2, 13) * P1
 *
 * Source: Yann Collet, "xxHash fast digest algorithm", doc/xxhash_spec.md of the xxHash repository.
 */
import { lengthOf, loadInput } from './scratch.ts';
import { seed32, type HashSeed } from './seed.ts';

const P1 = 0x9e3779b1 | 0;
const P2 = 0x85ebca77 | 0;
const P3 = 0xc2b2ae3d | 0;
const P4 = 0x27d4eb2f | 0;
const P5 = 0x165667b1 | 0;

/**
 * XXH32, as an int32: `>>> 0` makes it the number that others print.
 *
 * @param input - A string is hashed as its UTF-8.
 * @param seed - 32 bits.
 * @throws RangeError if the seed does not fit 32 bits.
 *
 * @example
 * ```ts
 * xxh32('') >>> 0; // => 0x02cc5d05
 * ```
 */
export function xxh32(input: string | Uint8Array, seed: HashSeed = 0): number {
  const start = seed32(seed);
  const view = loadInput(input);
  const length = lengthOf(view);
  const stripesEnd = length & ~15;
  let h = stripesEnd === 0 ? (start + P5) | 0 : hashStripes(view, stripesEnd, start);
  h = (h + length) | 0;
  let at = stripesEnd;
  for (; at + 4 <= length; at += 4) {
    h = (h + Math.imul(view.getInt32(at, true), P3)) | 0;
    h = Math.imul((h << 17) | (h >>> 15), P4);
  }
  for (; at < length; at += 1) {
    h = (h + Math.imul(view.getUint8(at), P5)) | 0;
    h = Math.imul((h << 11) | (h >>> 21), P1);
  }
  h = Math.imul(h ^ (h >>> 15), P2);
  h = Math.imul(h ^ (h >>> 13), P3);
  return h ^ (h >>> 16);
}

function hashStripes(view: DataView, end: number, seed: number): number {
  let a = (seed + P1 + P2) | 0;
  let b = (seed + P2) | 0;
  let c = seed;
  let d = (seed - P1) | 0;
  for (let at = 0; at < end; at += 16) {
    a = round(a, view.getInt32(at, true));
    b = round(b, view.getInt32(at + 4, true));
    c = round(c, view.getInt32(at + 8, true));
    d = round(d, view.getInt32(at + 12, true));
  }
  const first = ((a << 1) | (a >>> 31)) + ((b << 7) | (b >>> 25));
  return (first + ((c << 12) | (c >>> 20)) + ((d << 18) | (d >>> 14))) | 0;
}

function round(lane: number, word: number): number {
  const sum = (lane + Math.imul(word, P2)) | 0;
  return Math.imul((sum << 13) | (sum >>> 19), P1);
}
