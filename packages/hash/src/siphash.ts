/* eslint-disable @typescript-eslint/no-non-null-assertion --
   Every index below is in bounds; `?? 0` in place of `!` would cost a test for each of them. */

/*
 * SipHash, for keys that others choose.
 *
 * A function without a secret can be flooded. Who knows it computes a million keys that fall on one
 * node, or that a filter takes for present, and a seed does not help if keys that collide do so for
 * every seed, as they do in most fast functions. SipHash was made to be a pseudo-random function of
 * a secret of 16 bytes and still fast on short inputs: additions, rotations and exclusive ors of
 * four words of 64 bits, and no product.
 *
 *   v0..v3 = the secret twice, with constants
 *   each word of 8 bytes:  v3 ^= word;  c rounds;  v0 ^= word
 *   the last word:         the rest, zeros, and the length in its highest byte
 *   the end:               v2 ^= 255;   d rounds;  v0 ^ v1 ^ v2 ^ v3
 *
 * SipHash-2-4 is what its authors propose; SipHash-1-3 is what hash tables of Rust, Ruby and Python
 * settled for, at two thirds of the cost. The end is treated as one more word here, of zeros, with
 * other rounds.
 *
 * The secret must be drawn at random and kept. Everyone who is to agree on a placement or a filter
 * needs the same one.
 *
 * Source: Aumasson and Bernstein, "SipHash: a fast short-input PRF", INDOCRYPT 2012.
 */
import { ViewHasher } from './hasher.ts';
import { carryOf } from './multiply.ts';
import { lengthOf, loadInput, scratch, tailAt } from './scratch.ts';
import { bytesOfWords, seedWords, type HashSeed } from './seed.ts';

/** How often the four words are mixed: for each word of the input, and at the end. */
interface Rounds {
  readonly compression: number;
  readonly finalization: number;
}

/** A secret: its two words of 64 bits. */
interface Secret {
  readonly low0: number;
  readonly high0: number;
  readonly low1: number;
  readonly high1: number;
}

const SIPHASH_1_3: Rounds = { compression: 1, finalization: 3 };
const SIPHASH_2_4: Rounds = { compression: 2, finalization: 4 };

/** v0..v3: low half, high half, low half, … */
const state = new Int32Array(8);

/** The last hash: low half, high half. */
const result = new Int32Array(2);

abstract class SiphashHasher extends ViewHasher {
  readonly #secret: Secret;
  readonly #rounds: Rounds;

  constructor(seed: HashSeed | undefined, rounds: Rounds) {
    super();
    this.#secret = secretOf(seed);
    this.#rounds = rounds;
  }

  get seed(): Uint8Array {
    const { low0, high0, low1, high1 } = this.#secret;
    return bytesOfWords([low0, high0, low1, high1]);
  }

  protected hashView(view: DataView, start: number, end: number): void {
    hashWords(view, start, end, this.#secret, this.#rounds);
    this.low = result[0]!;
    this.high = result[1]!;
  }
}

/** What `keyHasher('siphash-1-3', secret)` makes. */
export class Siphash13Hasher extends SiphashHasher {
  readonly id = 'siphash-1-3';
  readonly code = 4;

  constructor(seed: HashSeed | undefined) {
    super(seed, SIPHASH_1_3);
  }
}

/** What `keyHasher('siphash-2-4', secret)` makes. */
export class Siphash24Hasher extends SiphashHasher {
  readonly id = 'siphash-2-4';
  readonly code = 5;

  constructor(seed: HashSeed | undefined) {
    super(seed, SIPHASH_2_4);
  }
}

/**
 * SipHash-1-3, as `[low, high]`.
 *
 * @param input - A string is hashed as its UTF-8.
 * @param secret - 16 bytes, drawn at random and kept.
 * @param out - Receives the result, to spare an allocation.
 * @returns `out`.
 * @throws RangeError if the secret has another length.
 *
 * @example
 * ```ts
 * siphash13('hello', new Uint8Array(16))[0]; // => 3410894750
 * ```
 */
export function siphash13(
  input: string | Uint8Array,
  secret: Uint8Array,
  out: Uint32Array = new Uint32Array(2),
): Uint32Array {
  return siphash(input, secret, SIPHASH_1_3, out);
}

/**
 * SipHash-2-4, as `[low, high]`: slower than SipHash-1-3, with more rounds in reserve.
 *
 * @param input - A string is hashed as its UTF-8.
 * @param secret - 16 bytes, drawn at random and kept.
 * @param out - Receives the result, to spare an allocation.
 * @returns `out`.
 * @throws RangeError if the secret has another length.
 *
 * @example
 * ```ts
 * siphash24('hello', new Uint8Array(16))[0]; // => 3002553017
 * ```
 */
export function siphash24(
  input: string | Uint8Array,
  secret: Uint8Array,
  out: Uint32Array = new Uint32Array(2),
): Uint32Array {
  return siphash(input, secret, SIPHASH_2_4, out);
}

function siphash(
  input: string | Uint8Array,
  secret: Uint8Array,
  rounds: Rounds,
  out: Uint32Array,
): Uint32Array {
  const checked = secretOf(secret);
  const view = loadInput(input);
  hashWords(view, 0, lengthOf(view), checked, rounds);
  out.set(result);
  return out;
}

function secretOf(seed: HashSeed | undefined): Secret {
  if (!(seed instanceof Uint8Array)) {
    throw new RangeError(`seed: expected a secret of 16 bytes, got ${String(seed)}`);
  }
  const [low0 = 0, high0 = 0, low1 = 0, high1 = 0] = seedWords(seed, 16);
  return { low0, high0, low1, high1 };
}

function hashWords(
  view: DataView,
  start: number,
  end: number,
  { low0, high0, low1, high1 }: Secret,
  { compression, finalization }: Rounds,
): void {
  state[0] = low0 ^ 0x70736575;
  state[1] = high0 ^ 0x736f6d65;
  state[2] = low1 ^ 0x6e646f6d;
  state[3] = high1 ^ 0x646f7261;
  state[4] = low0 ^ 0x6e657261;
  state[5] = high0 ^ 0x6c796765;
  state[6] = low1 ^ 0x79746573;
  state[7] = high1 ^ 0x74656462;
  let at = start;
  for (; at + 8 <= end; at += 8) {
    takeWord(view.getInt32(at + 4, true), view.getInt32(at, true), compression);
  }
  const last = tailAt(view, at, end);
  const lastHigh = scratch.getInt32(last + 4, true) | ((end - start) << 24);
  takeWord(lastHigh, scratch.getInt32(last, true), compression);
  state[4] ^= 0xff;
  takeWord(0, 0, finalization);
  result[0] = state[0] ^ state[2] ^ state[4] ^ state[6];
  result[1] = state[1] ^ state[3] ^ state[5] ^ state[7];
}

/** v3 ^= word; rounds; v0 ^= word. Each line of a round is one of the paper's figure 2.1. */
function takeWord(wordHigh: number, wordLow: number, rounds: number): void {
  let aLow = state[0]!;
  let aHigh = state[1]!;
  let bLow = state[2]!;
  let bHigh = state[3]!;
  let cLow = state[4]!;
  let cHigh = state[5]!;
  let dLow = state[6]! ^ wordLow;
  let dHigh = state[7]! ^ wordHigh;
  for (let round = 0; round < rounds; round += 1) {
    // v0 += v1; v1 = rotl(v1, 13) ^ v0; v0 = rotl(v0, 32)
    let low = (aLow + bLow) | 0;
    let high = (aHigh + bHigh + carryOf(low, bLow)) | 0;
    aLow = ((bLow << 13) | (bHigh >>> 19)) ^ low;
    bHigh = ((bHigh << 13) | (bLow >>> 19)) ^ high;
    bLow = aLow;
    aLow = high;
    aHigh = low;
    // v2 += v3; v3 = rotl(v3, 16) ^ v2
    cLow = (cLow + dLow) | 0;
    cHigh = (cHigh + dHigh + carryOf(cLow, dLow)) | 0;
    low = ((dLow << 16) | (dHigh >>> 16)) ^ cLow;
    dHigh = ((dHigh << 16) | (dLow >>> 16)) ^ cHigh;
    dLow = low;
    // v0 += v3; v3 = rotl(v3, 21) ^ v0
    aLow = (aLow + dLow) | 0;
    aHigh = (aHigh + dHigh + carryOf(aLow, dLow)) | 0;
    low = ((dLow << 21) | (dHigh >>> 11)) ^ aLow;
    dHigh = ((dHigh << 21) | (dLow >>> 11)) ^ aHigh;
    dLow = low;
    // v2 += v1; v1 = rotl(v1, 17) ^ v2; v2 = rotl(v2, 32)
    low = (cLow + bLow) | 0;
    high = (cHigh + bHigh + carryOf(low, bLow)) | 0;
    cLow = ((bLow << 17) | (bHigh >>> 15)) ^ low;
    bHigh = ((bHigh << 17) | (bLow >>> 15)) ^ high;
    bLow = cLow;
    cLow = high;
    cHigh = low;
  }
  state[0] = aLow ^ wordLow;
  state[1] = aHigh ^ wordHigh;
  state[2] = bLow;
  state[3] = bHigh;
  state[4] = cLow;
  state[5] = cHigh;
  state[6] = dLow;
  state[7] = dHigh;
}
