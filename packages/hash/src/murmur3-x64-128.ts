/*
 * MurmurHash3_x64_128, which Cassandra, Guava and many Bloom filters in Go and Java use.
 *
 * Two lanes of 64 bits:
 *
 *   each block of 16 bytes:   h1 = 5 * (rotl(h1 ^ scramble1(word), 27) + h2) + 0x52dce729
 *                             h2 = 5 * (rotl(h2 ^ scramble2(word), 31) + h1) + 0x38495ab5
 *   the rest, with zeros:     h ^= scramble(word)
 *   the end:                  both get the length, each other, a final mix, each other
 *
 * The 64 bits of a key are the first eight bytes of the result, h1.
 *
 * Source: Austin Appleby, MurmurHash3.cpp, in SMHasher (public domain).
 */
import { ViewHasher } from './hasher.ts';
import { lengthOf, loadInput, scratch, tailAt } from './scratch.ts';
import { bytesOfWords, seed32, type HashSeed } from './seed.ts';
import { Word64 } from './word64.ts';

const C1_HIGH = 0x87c37b91 | 0;
const C1_LOW = 0x114253d5 | 0;
const C2_HIGH = 0x4cf5ad43 | 0;
const C2_LOW = 0x2745937f | 0;

const h1 = new Word64();
const h2 = new Word64();
const k = new Word64();

/** What `keyHasher('murmur3-x64-128', seed)` makes. */
export class Murmur3X64Hasher extends ViewHasher {
  readonly id = 'murmur3-x64-128';
  readonly code = 3;
  readonly #seed: number;

  constructor(seed: HashSeed = 0) {
    super();
    this.#seed = seed32(seed);
  }

  get seed(): Uint8Array {
    return bytesOfWords([this.#seed]);
  }

  protected hashView(view: DataView, start: number, end: number): void {
    hashWords(view, start, end, this.#seed);
    this.low = h1.low;
    this.high = h1.high;
  }
}

/**
 * MurmurHash3_x64_128: `[low of h1, high of h1, low of h2, high of h2]`.
 *
 * @param input - A string is hashed as its UTF-8.
 * @param seed - 32 bits.
 * @param out - Receives the result, to spare an allocation.
 * @returns `out`.
 * @throws RangeError if the seed does not fit 32 bits.
 *
 * @example
 * ```ts
 * murmur3x64_128('hello')[1]; // => 0xcbd8a7b3
 * ```
 */
export function murmur3x64_128(
  input: string | Uint8Array,
  seed: HashSeed = 0,
  out: Uint32Array = new Uint32Array(4),
): Uint32Array {
  const start = seed32(seed);
  const view = loadInput(input);
  hashWords(view, 0, lengthOf(view), start);
  out[0] = h1.low;
  out[1] = h1.high;
  out[2] = h2.low;
  out[3] = h2.high;
  return out;
}

function hashWords(view: DataView, start: number, end: number, seed: number): void {
  h1.set(0, seed);
  h2.set(0, seed);
  let at = start;
  for (; at + 16 <= end; at += 16) {
    takeFirst(view, at);
    h1.rotateLeft(27).add(h2.high, h2.low).multiply(0, 5).add(0, 0x52dce729);
    takeSecond(view, at + 8);
    h2.rotateLeft(31).add(h1.high, h1.low).multiply(0, 5).add(0, 0x38495ab5);
  }
  if (at < end) {
    const rest = tailAt(view, at, end);
    takeFirst(scratch, rest);
    takeSecond(scratch, rest + 8);
  }
  h1.xor(0, end - start);
  h2.xor(0, end - start);
  h1.add(h2.high, h2.low);
  h2.add(h1.high, h1.low);
  mix(h1);
  mix(h2);
  h1.add(h2.high, h2.low);
  h2.add(h1.high, h1.low);
}

function takeFirst(view: DataView, at: number): void {
  k.load(view, at).multiply(C1_HIGH, C1_LOW).rotateLeft(31).multiply(C2_HIGH, C2_LOW);
  h1.xor(k.high, k.low);
}

function takeSecond(view: DataView, at: number): void {
  k.load(view, at).multiply(C2_HIGH, C2_LOW).rotateLeft(33).multiply(C1_HIGH, C1_LOW);
  h2.xor(k.high, k.low);
}

function mix(h: Word64): void {
  h.xorShiftRight(33).multiply(0xff51afd7 | 0, 0xed558ccd | 0);
  h.xorShiftRight(33).multiply(0xc4ceb9fe | 0, 0x1a85ec53 | 0);
  h.xorShiftRight(33);
}
