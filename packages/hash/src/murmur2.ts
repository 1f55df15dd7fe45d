/*
 * MurmurHash2, the generation before MurmurHash3, which lives on in formats: MurmurHash64A in the
 * Bloom filters of Redis, and the 32-bit function in libmemcached.
 *
 *   each word:   k = word * m;  k ^= k >>> r;  k *= m;  h = h * m ^ k    (64A: h = (h ^ k) * m)
 *   the rest:    h = (h ^ rest) * m
 *   the end:     shifts and a product
 *
 * Its weakness is known: a word of the input can undo what the one before it did, and such pairs
 * collide for every seed. Use it to read what others wrote.
 *
 * Source: Austin Appleby, MurmurHash2.cpp, in SMHasher (public domain); libmemcached's choice of
 * the seed, libhashkit/murmur.cc.
 */
import { lengthOf, loadInput, scratch, tailAt } from './scratch.ts';
import { seed32, seedWords, type HashSeed } from './seed.ts';
import { Word64 } from './word64.ts';

const M = 0x5bd1e995;
const M64_HIGH = 0xc6a4a793 | 0;
const M64_LOW = 0x5bd1e995 | 0;

const h = new Word64();
const k = new Word64();

/**
 * MurmurHash64A, as `[low, high]`.
 *
 * @param input - A string is hashed as its UTF-8.
 * @param seed - 64 bits.
 * @param out - Receives the result, to spare an allocation.
 * @returns `out`.
 * @throws RangeError if the seed does not fit 64 bits.
 *
 * @example
 * ```ts
 * murmur64a('')[0]; // => 0
 * ```
 */
export function murmur64a(
  input: string | Uint8Array,
  seed: HashSeed = 0,
  out: Uint32Array = new Uint32Array(2),
): Uint32Array {
  const [seedLow = 0, seedHigh = 0] = seedWords(seed, 8);
  const view = loadInput(input);
  const length = lengthOf(view);
  h.set(0, length).multiply(M64_HIGH, M64_LOW).xor(seedHigh, seedLow);
  let at = 0;
  for (; at + 8 <= length; at += 8) {
    k.load(view, at).multiply(M64_HIGH, M64_LOW).xorShiftRight(47).multiply(M64_HIGH, M64_LOW);
    h.xor(k.high, k.low).multiply(M64_HIGH, M64_LOW);
  }
  if (at < length) {
    k.load(scratch, tailAt(view, at, length));
    h.xor(k.high, k.low).multiply(M64_HIGH, M64_LOW);
  }
  h.xorShiftRight(47).multiply(M64_HIGH, M64_LOW).xorShiftRight(47);
  out[0] = h.low;
  out[1] = h.high;
  return out;
}

/**
 * MurmurHash2 of 32 bits, as an int32.
 *
 * @param input - A string is hashed as its UTF-8.
 * @param seed - 32 bits.
 * @throws RangeError if the seed does not fit 32 bits.
 *
 * @example
 * ```ts
 * murmur2('') >>> 0; // => 0
 * ```
 */
export function murmur2(input: string | Uint8Array, seed: HashSeed = 0): number {
  const start = seed32(seed);
  const view = loadInput(input);
  return hash32(view, lengthOf(view), start);
}

/**
 * libmemcached's `murmur`: MurmurHash2 with a seed that depends on the length. As an int32.
 *
 * @param input - A string is hashed as its UTF-8.
 *
 * @example
 * ```ts
 * libmemcachedMurmur('key') === murmur2('key', Math.imul(0xdeadbeef, 3) >>> 0); // => true
 * ```
 */
export function libmemcachedMurmur(input: string | Uint8Array): number {
  const view = loadInput(input);
  const length = lengthOf(view);
  return hash32(view, length, Math.imul(0xdeadbeef, length));
}

function hash32(view: DataView, length: number, seed: number): number {
  let hash = seed ^ length;
  let at = 0;
  for (; at + 4 <= length; at += 4) {
    let word = Math.imul(view.getInt32(at, true), M);
    word = Math.imul(word ^ (word >>> 24), M);
    hash = Math.imul(hash, M) ^ word;
  }
  if (at < length) hash = Math.imul(hash ^ scratch.getInt32(tailAt(view, at, length), true), M);
  hash = Math.imul(hash ^ (hash >>> 13), M);
  return hash ^ (hash >>> 15);
}
