/* eslint-disable @typescript-eslint/no-non-null-assertion --
   Every index below is in bounds; `?? 0` in place of `!` would cost a test for each of them. */

/*
 * XXH64, which the filters of Parquet and many caches use.
 *
 * Four lanes of 64 bits take 8 bytes each of a stripe of 32 and do not wait for each other:
 *
 *   lane = rotl(lane + word * P2, 31) * P1
 *
 * At the end they are merged, or never begin if there are less than 32 bytes, and the rest is taken
 * in words of eight bytes, of four, and byte by byte, with a rotation and a product for each. Three
 * shifts and two products spread every bit over the result.
 *
 * A word of 64 bits is two of 32 here, low half first, and a product of two such words is seven
 * products of JavaScript's, where C needs one. It is why this is not the default.
 *
 * Source: Yann Collet, "xxHash fast digest algorithm", doc/xxhash_spec.md of the xxHash repository.
 */
import { ViewHasher } from './hasher.ts';
import { carryOf, productHigh } from './multiply.ts';
import { lengthOf, loadInput } from './scratch.ts';
import { bytesOfWords, seedWords, type HashSeed } from './seed.ts';

const P1_HIGH = 0x9e3779b1 | 0;
const P1_LOW = 0x85ebca87 | 0;
const P2_HIGH = 0xc2b2ae3d | 0;
const P2_LOW = 0x27d4eb4f | 0;
const P3_HIGH = 0x165667b1 | 0;
const P3_LOW = 0x9e3779f9 | 0;
const P4_HIGH = 0x85ebca77 | 0;
const P4_LOW = 0xc2b2ae63 | 0;
const P5_HIGH = 0x27d4eb2f | 0;
const P5_LOW = 0x165667c5 | 0;

/** The four lanes: low half, high half, low half, … */
const lanes = new Int32Array(8);

/** The word that is carried from one step to the next: low half, high half. */
const word = new Int32Array(2);

/** See the head of the file: what `keyHasher('xxh64', seed)` makes. */
export class Xxh64Hasher extends ViewHasher {
  readonly id = 'xxh64';
  readonly code = 2;
  readonly #seedHigh: number;
  readonly #seedLow: number;

  constructor(seed: HashSeed = 0) {
    super();
    const [low = 0, high = 0] = seedWords(seed, 8);
    this.#seedHigh = high;
    this.#seedLow = low;
  }

  get seed(): Uint8Array {
    return bytesOfWords([this.#seedLow, this.#seedHigh]);
  }

  protected hashView(view: DataView, start: number, end: number): void {
    hashWords(view, start, end, this.#seedHigh, this.#seedLow);
    this.low = word[0]!;
    this.high = word[1]!;
  }
}

/**
 * XXH64, as `[low, high]`.
 *
 * @param input - A string is hashed as its UTF-8.
 * @param seed - 64 bits.
 * @param out - Receives the result, to spare an allocation.
 * @returns `out`.
 * @throws RangeError if the seed does not fit 64 bits.
 *
 * @example
 * ```ts
 * const [low, high] = xxh64('hello');
 * [low, high]; // => [2292149667, 650609277]
 * ```
 */
export function xxh64(
  input: string | Uint8Array,
  seed: HashSeed = 0,
  out: Uint32Array = new Uint32Array(2),
): Uint32Array {
  const [seedLow = 0, seedHigh = 0] = seedWords(seed, 8);
  const view = loadInput(input);
  hashWords(view, 0, lengthOf(view), seedHigh, seedLow);
  out.set(word);
  return out;
}

function hashWords(
  view: DataView,
  start: number,
  end: number,
  seedHigh: number,
  seedLow: number,
): void {
  let at = start;
  if (end - start >= 32) {
    at = takeStripes(view, start, end, seedHigh, seedLow);
    mergeLanes();
  } else {
    addToWord(seedHigh, seedLow, P5_HIGH, P5_LOW);
  }
  addToWord(word[1]!, word[0]!, 0, end - start);
  takeEights(view, at, end);
  at = end - ((end - at) & 7);
  if (end - at >= 4) {
    takeFour(view.getInt32(at, true));
    at += 4;
  }
  for (; at < end; at += 1) takeByte(view.getUint8(at));
  avalanche();
}

function addToWord(aHigh: number, aLow: number, bHigh: number, bLow: number): void {
  const low = (aLow + bLow) | 0;
  word[0] = low;
  word[1] = aHigh + bHigh + carryOf(low, bLow);
}

function takeStripes(
  view: DataView,
  start: number,
  end: number,
  seedHigh: number,
  seedLow: number,
): number {
  addToWord(P1_HIGH, P1_LOW, P2_HIGH, P2_LOW);
  addToWord(word[1]!, word[0]!, seedHigh, seedLow);
  setLane(0);
  addToWord(P2_HIGH, P2_LOW, seedHigh, seedLow);
  setLane(2);
  addToWord(0, 0, seedHigh, seedLow);
  setLane(4);
  addToWord(seedHigh, seedLow, ~P1_HIGH, -P1_LOW);
  setLane(6);
  let at = start;
  for (const last = end - 32; at <= last; at += 32) {
    for (let lane = 0; lane < 8; lane += 2) {
      const offset = at + 4 * lane;
      round(lane, view.getInt32(offset + 4, true), view.getInt32(offset, true));
    }
  }
  return at;
}

function setLane(lane: number): void {
  lanes[lane] = word[0]!;
  lanes[lane + 1] = word[1]!;
}

function round(lane: number, high: number, low: number): void {
  const addend = Math.imul(low, P2_LOW);
  const sum = (lanes[lane]! + addend) | 0;
  const carry = carryOf(sum, addend);
  const sumHigh = (lanes[lane + 1]! + productHigh(high, low, P2_HIGH, P2_LOW) + carry) | 0;
  const turnedLow = (sum << 31) | (sumHigh >>> 1);
  const turnedHigh = (sumHigh << 31) | (sum >>> 1);
  lanes[lane] = Math.imul(turnedLow, P1_LOW);
  lanes[lane + 1] = productHigh(turnedHigh, turnedLow, P1_HIGH, P1_LOW);
}

/** word = rotl(lane 1, 1) + rotl(lane 2, 7) + …, then each lane once more. */
function mergeLanes(): void {
  word.fill(0);
  addTurned(0, 1);
  addTurned(2, 7);
  addTurned(4, 12);
  addTurned(6, 18);
  for (let lane = 0; lane < 8; lane += 2) {
    const high = lanes[lane + 1]!;
    const low = lanes[lane]!;
    lanes[lane] = 0;
    lanes[lane + 1] = 0;
    round(lane, high, low);
    word[0]! ^= lanes[lane]!;
    word[1]! ^= lanes[lane + 1]!;
    multiplyAndAdd(word[1]!, word[0]!);
  }
}

function addTurned(lane: number, bits: number): void {
  const low = lanes[lane]!;
  const high = lanes[lane + 1]!;
  const turnedHigh = (high << bits) | (low >>> (32 - bits));
  const turnedLow = (low << bits) | (high >>> (32 - bits));
  addToWord(word[1]!, word[0]!, turnedHigh, turnedLow);
}

/** word = value * P1 + P4 */
function multiplyAndAdd(high: number, low: number): void {
  const sum = (Math.imul(low, P1_LOW) + P4_LOW) | 0;
  word[0] = sum;
  word[1] = productHigh(high, low, P1_HIGH, P1_LOW) + P4_HIGH + carryOf(sum, P4_LOW);
}

/** word = rotl(word ^ rotl(next * P2, 31) * P1, 27) * P1 + P4, for every eight bytes. */
function takeEights(view: DataView, start: number, end: number): void {
  let low = word[0]!;
  let high = word[1]!;
  for (let at = start; at + 8 <= end; at += 8) {
    const nextLow = view.getInt32(at, true);
    const nextHigh = view.getInt32(at + 4, true);
    const productLow = Math.imul(nextLow, P2_LOW);
    const product = productHigh(nextHigh, nextLow, P2_HIGH, P2_LOW);
    const turnedLow = (productLow << 31) | (product >>> 1);
    const turnedHigh = (product << 31) | (productLow >>> 1);
    const mixedLow = low ^ Math.imul(turnedLow, P1_LOW);
    const mixedHigh = high ^ productHigh(turnedHigh, turnedLow, P1_HIGH, P1_LOW);
    const factorLow = (mixedLow << 27) | (mixedHigh >>> 5);
    const factorHigh = (mixedHigh << 27) | (mixedLow >>> 5);
    low = (Math.imul(factorLow, P1_LOW) + P4_LOW) | 0;
    const carry = carryOf(low, P4_LOW);
    high = (productHigh(factorHigh, factorLow, P1_HIGH, P1_LOW) + P4_HIGH + carry) | 0;
  }
  word[0] = low;
  word[1] = high;
}

/** word = rotl(word ^ next * P1, 23) * P2 + P3 */
function takeFour(next: number): void {
  const low = word[0]! ^ Math.imul(next, P1_LOW);
  const high = word[1]! ^ productHigh(0, next, P1_HIGH, P1_LOW);
  const turnedLow = (low << 23) | (high >>> 9);
  const turnedHigh = (high << 23) | (low >>> 9);
  const sum = (Math.imul(turnedLow, P2_LOW) + P3_LOW) | 0;
  word[0] = sum;
  word[1] = productHigh(turnedHigh, turnedLow, P2_HIGH, P2_LOW) + P3_HIGH + carryOf(sum, P3_LOW);
}

/** word = rotl(word ^ next * P5, 11) * P1 */
function takeByte(next: number): void {
  const low = word[0]! ^ Math.imul(next, P5_LOW);
  const high = word[1]! ^ productHigh(0, next, P5_HIGH, P5_LOW);
  const turnedLow = (low << 11) | (high >>> 21);
  const turnedHigh = (high << 11) | (low >>> 21);
  word[0] = Math.imul(turnedLow, P1_LOW);
  word[1] = productHigh(turnedHigh, turnedLow, P1_HIGH, P1_LOW);
}

function avalanche(): void {
  // word ^= word >>> 33, * P2, ^= word >>> 29, * P3, ^= word >>> 32
  let high = word[1]!;
  let low = word[0]! ^ (high >>> 1);
  high = productHigh(high, low, P2_HIGH, P2_LOW);
  low = Math.imul(low, P2_LOW);
  low ^= (low >>> 29) | (high << 3);
  high ^= high >>> 29;
  high = productHigh(high, low, P3_HIGH, P3_LOW);
  low = Math.imul(low, P3_LOW);
  word[0] = low ^ high;
  word[1] = high;
}
