/* eslint-disable @typescript-eslint/no-non-null-assertion --
   The result has four words; `?? 0` in place of `!` would cost a test for each of them. */

/*
 * MurmurHash3_x86_128, the default: 128 bits, of which a placement or a filter uses 64.
 *
 * JavaScript multiplies 32 bits in one instruction (`Math.imul`) and 64 bits in about twenty. A
 * function of 64-bit words therefore costs several times what it costs in C, however well it is
 * written. This one was made for processors of 32 bits: four lanes of one word each, which do not
 * wait for each other.
 *
 *   each block of 16 bytes:   lane i:   h = rotl(h ^ scramble(word), r) + h of lane i+1
 *                                       h = 5h + c
 *   the rest, with zeros:     lane i:   h = h ^ scramble(word)
 *   the end:                  every lane gets the length, all others, a final mix, all others
 *
 * A word of zeros scrambles to zero, and so the rest needs no switch over its fifteen lengths: it
 * is one more block that is filled up with zeros and mixed without the last step. The 64 bits of a
 * key are the first eight bytes of the result.
 *
 * Source: Austin Appleby, MurmurHash3.cpp, in SMHasher (public domain). Like all functions without
 * a key, it can be flooded: who chooses keys can make any number of them collide, whatever the
 * seed.
 */
import { ViewHasher } from './hasher.ts';
import { lengthOf, loadInput, scratch, tailAt } from './scratch.ts';
import { bytesOfWords, seed32, type HashSeed } from './seed.ts';

const C1 = 0x239b961b;
const C2 = 0xab0e9789;
const C3 = 0x38b34ae5;
const C4 = 0xa1e38b93;

/** The four words of the last hash. */
const result = new Int32Array(4);

/** See the head of the file: what `keyHasher('murmur3-x86-128', seed)` makes. */
export class Murmur3X86Hasher extends ViewHasher {
  readonly id = 'murmur3-x86-128';
  readonly code = 1;
  readonly #seed: number;

  constructor(seed: HashSeed = 0) {
    super();
    this.#seed = seed32(seed);
  }

  get seed(): Uint8Array {
    return bytesOfWords([this.#seed]);
  }

  override hash64(high: number, low: number): void {
    const seed = this.#seed;
    const h3 = seed ^ 8;
    const h2 = h3 ^ scramble2(high);
    const h1 = ((h3 ^ scramble1(low)) + h2 + h3 + h3) | 0;
    const f2 = mix(h1 + h2);
    const f3 = mix(h1 + h3);
    const first = (mix(h1) + f2 + f3 + f3) | 0;
    this.low = first;
    this.high = (first + f2) | 0;
  }

  protected hashView(view: DataView, start: number, end: number): void {
    hashWords(view, start, end, this.#seed);
    this.#take();
  }

  #take(): void {
    this.low = result[0]!;
    this.high = result[1]!;
  }
}

/**
 * MurmurHash3_x86_128: its four words, `out[0]` first.
 *
 * @param input - A string is hashed as its UTF-8.
 * @param seed - 32 bits.
 * @param out - Receives the result, to spare an allocation.
 * @returns `out`.
 * @throws RangeError if the seed does not fit 32 bits.
 *
 * @example
 * ```ts
 * murmur3x86_128('hello')[0]; // => 723797152
 * ```
 */
export function murmur3x86_128(
  input: string | Uint8Array,
  seed: HashSeed = 0,
  out: Uint32Array = new Uint32Array(4),
): Uint32Array {
  const start = seed32(seed);
  const view = loadInput(input);
  hashWords(view, 0, lengthOf(view), start);
  out.set(result);
  return out;
}

function hashWords(view: DataView, start: number, end: number, seed: number): void {
  let h1 = seed;
  let h2 = seed;
  let h3 = seed;
  let h4 = seed;
  let at = start;
  for (const last = end - 16; at <= last; at += 16) {
    h1 ^= scramble1(view.getInt32(at, true));
    h1 = (Math.imul(((h1 << 19) | (h1 >>> 13)) + h2, 5) + 0x561ccd1b) | 0;
    h2 ^= scramble2(view.getInt32(at + 4, true));
    h2 = (Math.imul(((h2 << 17) | (h2 >>> 15)) + h3, 5) + 0x0bcaa747) | 0;
    h3 ^= scramble3(view.getInt32(at + 8, true));
    h3 = (Math.imul(((h3 << 15) | (h3 >>> 17)) + h4, 5) + 0x96cd1c35) | 0;
    h4 ^= scramble4(view.getInt32(at + 12, true));
    h4 = (Math.imul(((h4 << 13) | (h4 >>> 19)) + h1, 5) + 0x32ac3b17) | 0;
  }
  if (at < end) {
    const rest = tailAt(view, at, end);
    h1 ^= scramble1(scratch.getInt32(rest, true));
    h2 ^= scramble2(scratch.getInt32(rest + 4, true));
    h3 ^= scramble3(scratch.getInt32(rest + 8, true));
    h4 ^= scramble4(scratch.getInt32(rest + 12, true));
  }
  finish(h1, h2, h3, h4, end - start);
}

function scramble1(word: number): number {
  const k = Math.imul(word, C1);
  return Math.imul((k << 15) | (k >>> 17), C2);
}

function scramble2(word: number): number {
  const k = Math.imul(word, C2);
  return Math.imul((k << 16) | (k >>> 16), C3);
}

function scramble3(word: number): number {
  const k = Math.imul(word, C3);
  return Math.imul((k << 17) | (k >>> 15), C4);
}

function scramble4(word: number): number {
  const k = Math.imul(word, C4);
  return Math.imul((k << 18) | (k >>> 14), C1);
}

function finish(a: number, b: number, c: number, d: number, length: number): void {
  const h2 = b ^ length;
  const h3 = c ^ length;
  const h4 = d ^ length;
  const h1 = ((a ^ length) + h2 + h3 + h4) | 0;
  const f1 = mix(h1);
  const f2 = mix(h1 + h2);
  const f3 = mix(h1 + h3);
  const f4 = mix(h1 + h4);
  const first = (f1 + f2 + f3 + f4) | 0;
  result[0] = first;
  result[1] = first + f2;
  result[2] = first + f3;
  result[3] = first + f4;
}

function mix(word: number): number {
  let h = word;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
