/* eslint-disable @typescript-eslint/no-non-null-assertion --
   A word that `fastRange` chose is in bounds; `?? 0` in place of `!` would cost a test a probe. */

/*
 * The counting Bloom filter: a Bloom filter that can take keys out again.
 *
 * A bit of a Bloom filter may be a bit of several keys, so clearing it for one of them loses the
 * others. Count instead: each bit becomes a counter of how many keys have it. Adding counts up,
 * removing counts down, and a key is in the set if none of its counters is 0.
 *
 *   add "a"      ...0.......1....1......
 *   add "b"      ...1...0...2....1......
 *   remove "a"   ...1...0...1....0......     the counter that they share is 1: "b" is still there
 *
 * Four bits a counter suffice: with the best k, one of them gets past 15 with a chance of some
 * 10^-15, as long as keys differ. But the same key may be added often, and then a counter at 15 no
 * longer knows how many it stands for. Counting down from there would reach 0 while keys still need
 * it. So a full counter sticks: it is never counted down again. What that costs is a rate a little
 * higher and keys that cannot be removed, and never a key that is lost.
 *
 * Source: Fan, Cao, Almeida and Broder, "Summary cache: a scalable wide-area Web cache sharing
 * protocol", SIGCOMM 1998, §5.
 */
import { keyHasher, type Key, type KeyHasher } from '@quorate/hash';

import { HASH_COUNT_MAX } from './bloom.ts';
import { itemCountOf } from './estimates.ts';
import { fastRange } from './fast-range.ts';
import type { FilterStats, GrowingFilter } from './filter.ts';
import { hashKey } from './hash-key.ts';
import { integerPower } from './natural-log.ts';
import { bitOffset, hasCells, probe, type CellSize } from './probes.ts';
import { bloomShape, type FilterSizing } from './sizing.ts';

/** Eight counters of four bits in each word of 32. */
export const WORD_COUNTERS = 8;

/** What a counter sticks at: it stands for so many or any number more. */
export const COUNTER_MAX = 15;

/** 4 GiB of words, as for the classic filter. */
export const COUNTER_COUNT_MAX: number = 2 ** 33;

const COUNTERS: CellSize = { log: 2, mask: COUNTER_MAX };

/** How large the table is: for a purpose, in counters, or as large as one that is there. */
export type CountingSize =
  | FilterSizing
  | {
      /** m: a multiple of 8 in 8..2^33, each of four bits. */
      readonly counterCount: number;
      /** k: how many counters a key has, 1..255. */
      readonly hashCount: number;
    }
  | {
      /** A table to go on with, 1..2^30 words of eight counters. It is used, not copied. */
      readonly words: Int32Array;
      /** k: how many counters a key has, 1..255. */
      readonly hashCount: number;
    };

/** What a counting filter is made of. */
export type CountingOptions = CountingSize & {
  /** Makes the 64 bits of a key; `keyHasher()`, the fastest, without it. */
  readonly hasher?: KeyHasher;
};

/** How full a counting filter is. */
export interface CountingStats extends FilterStats {
  /** How many counters stick at 15: the keys that have only such can no longer be removed. */
  readonly saturatedCount: number;
}

/**
 * A Bloom filter from which keys can be removed, and that is never full.
 *
 * @remarks
 * Never a false negative, as long as only keys are removed that are in it. It is a bag: a key that
 * was added twice is to be removed twice, and one that was added 15 times stays for ever. It takes
 * four times the memory of `BloomFilter`; a `CuckooFilter` takes less, but can be full. Nothing is
 * allocated by `add`, `has` and `remove`.
 *
 * @example
 * ```ts
 * const online = new CountingFilter({ itemCount: 1_000, falsePositiveRate: 0.01 });
 * online.add('ann'); // => 'added'
 * online.remove('ann'); // => true
 * online.has('ann'); // => false
 * ```
 */
export class CountingFilter implements GrowingFilter {
  readonly kind = 'counting';
  readonly hasher: KeyHasher;
  /** The table: counter 0 is the lowest four bits of the first word. Alive, not a copy. */
  readonly words: Int32Array;
  /** k, the number of counters that a key has. */
  readonly hashCount: number;

  /** @throws RangeError if a size is out of its range. */
  constructor(options: CountingOptions) {
    const table = tableOf(options);
    this.words = table.words;
    this.hashCount = table.hashCount;
    this.hasher = options.hasher ?? keyHasher();
  }

  /** m, the number of counters. */
  get counterCount(): number {
    return WORD_COUNTERS * this.words.length;
  }

  has(key: Key): boolean {
    const hasher = this.hasher;
    hashKey(hasher, key);
    return this.hasHash(hasher.high, hasher.low);
  }

  hasHash(high: number, low: number): boolean {
    return hasCells(this.words, this.hashCount, high, low, COUNTERS);
  }

  /** Adds `key` once more. */
  add(key: Key): 'added' {
    const hasher = this.hasher;
    hashKey(hasher, key);
    return this.addHash(hasher.high, hasher.low);
  }

  addHash(high: number, low: number): 'added' {
    this.#countUp(high, low, this.hashCount);
    return 'added';
  }

  /**
   * Takes `key` out once; `false` if it is certainly not in it, and nothing has changed.
   *
   * @throws RangeError if a number or a bigint is not an unsigned integer of 32 or 64 bits.
   *
   * @remarks Remove only what was added. A stranger that `has` takes for a member would count
   *   members' counters down, and they may be lost.
   */
  remove(key: Key): boolean {
    const hasher = this.hasher;
    hashKey(hasher, key);
    return this.removeHash(hasher.high, hasher.low);
  }

  /** `remove` for a key whose hash is at hand. */
  removeHash(high: number, low: number): boolean {
    if (!this.hasHash(high, low)) return false;
    const words = this.words;
    const offset = bitOffset(low);
    for (let index = 0; index < this.hashCount; index += 1) {
      const mixed = probe(high, low, index);
      const at = fastRange(mixed, words.length);
      const shift = shiftOf(mixed, offset);
      const counter = (words[at]! >>> shift) & COUNTER_MAX;
      if (counter === 0) {
        // A stranger: two of its probes met in one counter, of which a member would have two.
        this.#countUp(high, low, index);
        return false;
      }
      if (counter < COUNTER_MAX) words[at]! -= 1 << shift;
    }
    return true;
  }

  /** How full it is. The rate is that of these counters: the share above 0 to the power of k. */
  stats(): CountingStats {
    let usedCount = 0;
    let saturatedCount = 0;
    for (const word of this.words) {
      for (let shift = 0; shift < 32; shift += 4) {
        const counter = (word >>> shift) & COUNTER_MAX;
        if (counter > 0) usedCount += 1;
        if (counter === COUNTER_MAX) saturatedCount += 1;
      }
    }
    const counterCount = this.counterCount;
    const fillRatio = usedCount / counterCount;
    return {
      sizeBits: 32 * this.words.length,
      fillRatio,
      itemCount: itemCountOf(usedCount, counterCount, counterCount, this.hashCount),
      falsePositiveRate: integerPower(fillRatio, this.hashCount),
      saturatedCount,
    };
  }

  /** Counts the first `probeCount` counters of a key up; full ones stick. */
  #countUp(high: number, low: number, probeCount: number): void {
    const words = this.words;
    const count = words.length;
    const offset = bitOffset(low);
    for (let index = 0; index < probeCount; index += 1) {
      const mixed = probe(high, low, index);
      const at = fastRange(mixed, count);
      const shift = shiftOf(mixed, offset);
      const word = words[at]!;
      // Plus one in a full counter would carry into its neighbour.
      if (((word >>> shift) & COUNTER_MAX) < COUNTER_MAX) words[at] = word + (1 << shift);
    }
  }
}

/** Where in its word a probe's counter begins, in bits. */
function shiftOf(mixed: number, offset: number): number {
  return ((mixed + offset) & (WORD_COUNTERS - 1)) << 2;
}

function tableOf(size: CountingSize): { readonly words: Int32Array; readonly hashCount: number } {
  if ('words' in size) {
    checkShape(WORD_COUNTERS * size.words.length, size.hashCount);
    return size;
  }
  if ('counterCount' in size) {
    checkShape(size.counterCount, size.hashCount);
    const words = new Int32Array(size.counterCount / WORD_COUNTERS);
    return { words, hashCount: size.hashCount };
  }
  const { bitCount, hashCount } = bloomShape(size);
  if (bitCount > COUNTER_COUNT_MAX) {
    throw new RangeError(
      `itemCount: expected one that needs at most 2^33 counters, got one that needs ${bitCount}`,
    );
  }
  return { words: new Int32Array(bitCount / WORD_COUNTERS), hashCount };
}

function checkShape(counterCount: number, hashCount: number): void {
  const wordCount = counterCount / WORD_COUNTERS;
  if (!Number.isSafeInteger(wordCount) || wordCount < 1 || counterCount > COUNTER_COUNT_MAX) {
    throw new RangeError(`counterCount: expected a multiple of 8 in 8..2^33, got ${counterCount}`);
  }
  if (!Number.isSafeInteger(hashCount) || hashCount < 1 || hashCount > HASH_COUNT_MAX) {
    throw new RangeError(`hashCount: expected an integer in 1..255, got ${hashCount}`);
  }
}
