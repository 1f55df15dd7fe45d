/* eslint-disable @typescript-eslint/no-non-null-assertion --
   Every index below is in bounds. */

/*
 * XXH3 with 64 bits, the present generation of xxHash.
 *
 * There are four functions in it, by length. Up to 16 bytes the whole input fits two words; up to
 * 240, sixteen bytes a step are multiplied with a secret and added; beyond, eight lanes take a
 * stripe of 64 bytes each step, written so that vector instructions do it in one:
 *
 *   lane i:      += low half of (word ^ secret) * high half of it
 *   neighbour:   += word
 *
 * The secret moves on by eight bytes a stripe; after sixteen stripes all lanes are scrambled.
 *
 * JavaScript has neither products of 128 bits nor vectors. It gives the right bits here, for files
 * of others, and is not meant to be fast.
 *
 * Source: Yann Collet, "xxHash fast digest algorithm", doc/xxhash_spec.md of the xxHash repository.
 */
import { multiplyHigh } from './multiply.ts';
import { lengthOf, loadInput } from './scratch.ts';
import { seedWords, type HashSeed } from './seed.ts';
import { Word64 } from './word64.ts';

const SHORT_BYTES_MAX = 128;
const MIDDLE_BYTES_MAX = 240;
const STRIPE_BYTES = 64;
const SECRET_BYTES = 192;
const STRIPES_OF_BLOCK = (SECRET_BYTES - STRIPE_BYTES) / 8;

/** The specification's `defaultSecret`. */
const SECRET_HEX =
  'b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671f' +
  'cb79e64eccc0e578825ad07dccff7221b8084674f743248ee03590e6813a264c' +
  '3c2852bb91c300cb88d0658b1b532ea371644897a20df94e3819ef46a9deacd8' +
  'a8fa763fe39c343ff9dcbbc7c70b4f1d8a51e04bcdb45931c89f7ec9d9787364' +
  'eac5ac8334d3ebc3c581a0fffa1363eb170ddd51b7f0da49d316552629d4689e' +
  '2b16be587d47a1fc8ff8b8d17ad031ce45cb3a8f95160428afd7fbcabb4b407e';

const defaultSecret = new DataView(new ArrayBuffer(SECRET_BYTES));
for (let at = 0; at < SECRET_BYTES; at += 1) {
  defaultSecret.setUint8(at, Number.parseInt(SECRET_HEX.slice(2 * at, 2 * at + 2), 16));
}

/** What the seed at hand makes of the secret, for inputs of many stripes. */
const seededSecret = new DataView(new ArrayBuffer(SECRET_BYTES));

/** Where the lanes begin: the primes of XXH32 and XXH64, high half and low half. */
const laneStarts = Int32Array.of(
  ...[0, 0xc2b2ae3d, 0x9e3779b1, 0x85ebca87, 0xc2b2ae3d, 0x27d4eb4f, 0x165667b1, 0x9e3779f9],
  ...[0x85ebca77, 0xc2b2ae63, 0, 0x85ebca77, 0x27d4eb2f, 0x165667c5, 0, 0x9e3779b1],
);

const lanes: readonly Word64[] = Array.from({ length: 8 }, () => new Word64());
const seedWord = new Word64();
const sum = new Word64();
const a = new Word64();
const b = new Word64();
const c = new Word64();

/**
 * XXH3 of 64 bits, as `[low, high]`.
 *
 * @param input - A string is hashed as its UTF-8.
 * @param seed - 64 bits.
 * @param out - Receives the result, to spare an allocation.
 * @returns `out`.
 * @throws RangeError if the seed does not fit 64 bits.
 *
 * @example
 * ```ts
 * xxh3('')[1]; // => 0x2d068005
 * ```
 */
export function xxh3(
  input: string | Uint8Array,
  seed: HashSeed = 0,
  out: Uint32Array = new Uint32Array(2),
): Uint32Array {
  const [seedLow = 0, seedHigh = 0] = seedWords(seed, 8);
  const view = loadInput(input);
  const length = lengthOf(view);
  seedWord.set(seedHigh, seedLow);
  if (length <= 16) hashTiny(view, length);
  else if (length <= SHORT_BYTES_MAX) hashShort(view, length);
  else if (length <= MIDDLE_BYTES_MAX) hashMiddle(view, length);
  else hashLong(view, length);
  out[0] = sum.low;
  out[1] = sum.high;
  return out;
}

function hashTiny(view: DataView, length: number): void {
  if (length > 8) hashNineToSixteen(view, length);
  else if (length >= 4) hashFourToEight(view, length);
  else if (length > 0) hashOneToThree(view, length);
  else {
    loadSecret(sum, 56, 64);
    avalancheOld(sum.xor(seedWord.high, seedWord.low));
  }
}

function hashOneToThree(view: DataView, length: number): void {
  const first = view.getUint8(0);
  const middle = view.getUint8(length >>> 1);
  const last = view.getUint8(length - 1);
  const combined = (first << 16) | (middle << 24) | last | (length << 8);
  sum.set(0, defaultSecret.getInt32(0, true) ^ defaultSecret.getInt32(4, true));
  avalancheOld(sum.add(seedWord.high, seedWord.low).xor(0, combined));
}

function hashFourToEight(view: DataView, length: number): void {
  const { low } = seedWord;
  const reversed = (low << 24) | ((low & 0xff00) << 8) | ((low >>> 8) & 0xff00) | (low >>> 24);
  loadSecret(sum, 8, 16);
  sum.subtract(seedWord.high ^ reversed, low);
  sum.xor(view.getInt32(0, true), view.getInt32(length - 4, true));
  a.set(sum.high, sum.low).rotateLeft(49);
  b.set(sum.high, sum.low).rotateLeft(24);
  sum
    .xor(a.high, a.low)
    .xor(b.high, b.low)
    .multiply(0x9fb21c65 | 0, 0x1e98df25);
  a.set(0, sum.high >>> 3).add(0, length);
  sum
    .xor(a.high, a.low)
    .multiply(0x9fb21c65 | 0, 0x1e98df25)
    .xorShiftRight(28);
}

function hashNineToSixteen(view: DataView, length: number): void {
  loadSecret(a, 24, 32);
  loadSecret(b, 40, 48);
  a.add(seedWord.high, seedWord.low).xor(view.getInt32(4, true), view.getInt32(0, true));
  b.subtract(seedWord.high, seedWord.low);
  b.xor(view.getInt32(length - 4, true), view.getInt32(length - 8, true));
  sum.set(reverseBytes(a.low), reverseBytes(a.high)).add(0, length).add(b.high, b.low);
  a.foldWith(b);
  avalanche(sum.add(a.high, a.low));
}

/** Pairs of sixteen bytes from both ends inwards. */
function hashShort(view: DataView, length: number): void {
  startWithLength(length);
  for (let pair = (length - 1) >>> 5; pair >= 0; pair -= 1) {
    addSixteen(sum, view, 16 * pair, 32 * pair);
    addSixteen(sum, view, length - 16 * (pair + 1), 32 * pair + 16);
  }
  avalanche(sum);
}

function hashMiddle(view: DataView, length: number): void {
  startWithLength(length);
  for (let step = 0; step < 8; step += 1) addSixteen(sum, view, 16 * step, 16 * step);
  avalanche(sum);
  for (let step = 8; step < length >>> 4; step += 1) {
    addSixteen(sum, view, 16 * step, 16 * (step - 8) + 3);
  }
  addSixteen(sum, view, length - 16, 136 - 17);
  avalanche(sum);
}

function hashLong(view: DataView, length: number): void {
  seedSecret();
  lanes.forEach((lane, index) => lane.set(laneStarts[2 * index]!, laneStarts[2 * index + 1]!));
  const lastStripe = Math.floor((length - 1) / STRIPE_BYTES);
  for (let stripe = 0; stripe < lastStripe; stripe += 1) {
    const place = stripe % STRIPES_OF_BLOCK;
    takeStripe(view, STRIPE_BYTES * stripe, 8 * place);
    if (place === STRIPES_OF_BLOCK - 1) scramble();
  }
  takeStripe(view, length - STRIPE_BYTES, SECRET_BYTES - STRIPE_BYTES - 7);
  startWithLength(length);
  for (let lane = 0; lane < 8; lane += 2) {
    a.load(seededSecret, 11 + 8 * lane).xor(lanes[lane]!.high, lanes[lane]!.low);
    b.load(seededSecret, 19 + 8 * lane).xor(lanes[lane + 1]!.high, lanes[lane + 1]!.low);
    a.foldWith(b);
    sum.add(a.high, a.low);
  }
  avalanche(sum);
}

/** The default secret, the seed added to and subtracted from every other word. */
function seedSecret(): void {
  const { high, low } = seedWord;
  for (let at = 0; at < SECRET_BYTES; at += 16) {
    a.load(defaultSecret, at).add(high, low);
    b.load(defaultSecret, at + 8).subtract(high, low);
    seededSecret.setInt32(at, a.low, true);
    seededSecret.setInt32(at + 4, a.high, true);
    seededSecret.setInt32(at + 8, b.low, true);
    seededSecret.setInt32(at + 12, b.high, true);
  }
}

function takeStripe(view: DataView, at: number, secretAt: number): void {
  for (let lane = 0; lane < 8; lane += 1) {
    a.load(view, at + 8 * lane);
    lanes[lane ^ 1]!.add(a.high, a.low);
    b.load(seededSecret, secretAt + 8 * lane).xor(a.high, a.low);
    lanes[lane]!.add(multiplyHigh(b.low, b.high), Math.imul(b.low, b.high));
  }
}

function scramble(): void {
  for (let lane = 0; lane < 8; lane += 1) {
    a.load(seededSecret, SECRET_BYTES - STRIPE_BYTES + 8 * lane);
    lanes[lane]!.xorShiftRight(47)
      .xor(a.high, a.low)
      .multiply(0, 0x9e3779b1 | 0);
  }
}

/** sum = length * P1 */
function startWithLength(length: number): void {
  sum.set(0, length).multiply(0x9e3779b1 | 0, 0x85ebca87 | 0);
}

/** target += folded product of sixteen bytes, each half mixed with secret and seed. */
function addSixteen(target: Word64, view: DataView, at: number, secretAt: number): void {
  a.load(defaultSecret, secretAt).add(seedWord.high, seedWord.low);
  b.load(defaultSecret, secretAt + 8).subtract(seedWord.high, seedWord.low);
  c.load(view, at);
  a.xor(c.high, c.low);
  c.load(view, at + 8);
  b.xor(c.high, c.low);
  a.foldWith(b);
  target.add(a.high, a.low);
}

function loadSecret(word: Word64, first: number, second: number): void {
  c.load(defaultSecret, second);
  word.load(defaultSecret, first).xor(c.high, c.low);
}

function reverseBytes(word: number): number {
  const pairs = ((word & 0xff00ff) << 8) | ((word >>> 8) & 0xff00ff);
  return (pairs << 16) | (pairs >>> 16);
}

function avalanche(word: Word64): void {
  word
    .xorShiftRight(37)
    .multiply(0x16566791, 0x9e3779f9 | 0)
    .xorShiftRight(32);
}

/** That of XXH64. */
function avalancheOld(word: Word64): void {
  word.xorShiftRight(33).multiply(0xc2b2ae3d | 0, 0x27d4eb4f);
  word
    .xorShiftRight(29)
    .multiply(0x165667b1, 0x9e3779f9 | 0)
    .xorShiftRight(32);
}
