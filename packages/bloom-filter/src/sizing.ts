/*
 * How large a filter has to be for n keys and a false-positive rate of p.
 *
 * Classic Bloom: with k bits set by each of n keys, a bit of m is still 0 with the chance
 * e^(-kn/m), and a stranger finds k ones with p = (1 - e^(-kn/m))^k. The best k is log2(1/p); it
 * must be an integer, so k is rounded first and m solved for that k, and the target holds exactly:
 *
 *   m = -k n / ln(1 - p^(1/k))              about 1.44 log2(1/p) bits for each key
 *
 * Split-block: all eight bits of a key lie in one block of 256, one in each of its words of 32.
 * Blocks fill unevenly: the number j of keys in one is Poisson with mean n/z, and crowded blocks
 * err more than sparse ones spare. With j keys, a word has a given bit set with the chance 1 -
 * (31/32)^j:
 *
 *   p = sum over j of Poisson(j; n/z) * (1 - (31/32)^j)^8
 *
 * It rises with n/z, and so the size is found by halving an interval. That costs 10.5 bits a key at
 * 1 % where the classic has 9.6, and buys one cache miss instead of up to seven.
 *
 * All of it uses arithmetic that is the same on every engine; see `natural-log.ts`.
 *
 * Sources: Bloom, "Space/time trade-offs in hash coding with allowable errors", CACM 1970; Putze,
 * Sanders and Singler, "Cache-, hash- and space-efficient Bloom filters", WEA 2007, §3.
 */
import { invariant } from './invariant.ts';
import { exponential, integerPower, LN_2, naturalLog } from './natural-log.ts';

/** What a filter is made for. */
export interface FilterSizing {
  /**
   * How many distinct keys it will hold; an integer of at least 0. More can be added: nothing is
   * lost, but the rate rises, and `stats` says to what.
   */
  readonly itemCount: number;
  /**
   * The share of strangers that `has` may take for members once it holds `itemCount` keys;
   * 1e-15..1, without 1. A tenth of it costs 3.3 bits more for each key (split-block: 4 to 10).
   * Recommended: 0.01.
   */
  readonly falsePositiveRate: number;
}

/** The shape of a classic Bloom filter. */
export interface BloomShape {
  /** m: a multiple of 32 in 32..2^35. */
  readonly bitCount: number;
  /** k: how many bits a key sets, 1..255. */
  readonly hashCount: number;
}

/** 4 GiB: what one typed array of words can surely be. */
export const BIT_COUNT_MAX: number = 2 ** 35;

/** 2 GiB, the most that a file of Parquet can say. */
export const BLOCK_COUNT_MAX: number = 2 ** 26;

/** A 64-bit hash cannot tell keys apart any better. */
export const RATE_MIN = 1e-15;

/** At so many keys in a block of 256 bits, every second stranger is taken for a member. */
const KEYS_PER_BLOCK_MAX = 1_000;

/**
 * The smallest classic filter for `sizing`, with the best number of bits for each key.
 *
 * @throws RangeError if a number is out of its range, or more than 2^35 bits would be needed.
 *
 * @example
 * ```ts
 * bloomShape({ itemCount: 1_000, falsePositiveRate: 0.01 }); // => { bitCount: 9600, hashCount: 7 }
 * ```
 */
export function bloomShape(sizing: FilterSizing): BloomShape {
  const itemCount = checkSizing(sizing);
  const logRate = naturalLog(sizing.falsePositiveRate);
  const hashCount = Math.max(1, Math.round(-logRate / LN_2));
  const zeroShare = 1 - exponential(logRate / hashCount);
  const bits = (-hashCount * itemCount) / naturalLog(zeroShare);
  const bitCount = 32 * Math.max(1, Math.ceil(bits / 32));
  if (bitCount > BIT_COUNT_MAX) throw tooLarge(bitCount, BIT_COUNT_MAX);
  return { bitCount, hashCount };
}

/**
 * The rate, 0..1, of a classic filter of this shape that holds `itemCount` distinct keys.
 *
 * @throws RangeError if `itemCount` is no integer of at least 0.
 */
export function bloomFalsePositiveRate(shape: BloomShape, itemCount: number): number {
  checkItemCount(itemCount);
  const load = (shape.hashCount * itemCount) / shape.bitCount;
  if (load > 700) return 1;
  return integerPower(1 - exponential(-load), shape.hashCount);
}

/**
 * How many blocks of 256 bits a split-block filter needs for `sizing`.
 *
 * @throws RangeError if a number is out of its range, or more than 2^26 blocks would be needed.
 *
 * @example
 * ```ts
 * splitBlockCount({ itemCount: 1_000, falsePositiveRate: 0.01 }); // => 42
 * ```
 */
export function splitBlockCount(sizing: FilterSizing): number {
  const itemCount = checkSizing(sizing);
  let low = 0;
  let high = KEYS_PER_BLOCK_MAX;
  for (let halving = 0; halving < 60; halving += 1) {
    const middle = (low + high) / 2;
    if (rateAtLoad(middle) <= sizing.falsePositiveRate) low = middle;
    else high = middle;
  }
  invariant(low > 0, 'a block of few enough keys has every rate');
  const blockCount = Math.max(1, Math.ceil(itemCount / low));
  if (blockCount > BLOCK_COUNT_MAX) throw tooLarge(256 * blockCount, 256 * BLOCK_COUNT_MAX);
  return blockCount;
}

/**
 * The rate, 0..1, of a split-block filter of `blockCount` blocks that holds `itemCount` distinct
 * keys.
 *
 * @throws RangeError if `itemCount` is no integer of at least 0.
 */
export function splitBlockFalsePositiveRate(blockCount: number, itemCount: number): number {
  checkItemCount(itemCount);
  return rateAtLoad(itemCount / blockCount);
}

/** Throws unless `sizing` is in range; returns its count, 1 in place of 0. */
export function checkSizing(sizing: FilterSizing): number {
  const { itemCount, falsePositiveRate } = sizing;
  checkItemCount(itemCount);
  if (!(falsePositiveRate >= RATE_MIN && falsePositiveRate < 1)) {
    throw new RangeError(
      `falsePositiveRate: expected a number in ${RATE_MIN}..1, without 1, got ${falsePositiveRate}`,
    );
  }
  return Math.max(1, itemCount);
}

function checkItemCount(itemCount: number): void {
  if (Number.isSafeInteger(itemCount) && itemCount >= 0) return;
  throw new RangeError(`itemCount: expected an integer in 0..2^53-1, got ${itemCount}`);
}

function tooLarge(bits: number, bitsMax: number): RangeError {
  return new RangeError(
    `itemCount: expected one that needs at most ${bitsMax} bits, got one that needs ${bits}`,
  );
}

/** The sum at the head of the file, for a mean of `load` keys in a block. */
function rateAtLoad(load: number): number {
  // Past this, half of the blocks have no zero left and e^-load leaves the range of `exponential`.
  if (load > KEYS_PER_BLOCK_MAX) return 1;
  let chance = exponential(-load);
  let zeroShare = 1;
  let rate = 0;
  // Twelve deviations above the mean there is nothing left to sum.
  const last = load + 12 * Math.sqrt(load) + 40;
  for (let keys = 1; keys <= last; keys += 1) {
    chance *= load / keys;
    zeroShare *= 31 / 32;
    rate += chance * integerPower(1 - zeroShare, 8);
  }
  return Math.min(1, rate);
}
