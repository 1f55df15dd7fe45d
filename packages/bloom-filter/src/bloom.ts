/* eslint-disable @typescript-eslint/no-non-null-assertion --
   A word that `fastRange` chose is in bounds; `?? 0` in place of `!` would cost a test a probe. */

/*
 * The classic Bloom filter.
 *
 * To know for certain whether a key was seen, one keeps the keys. Bloom's question was what to keep
 * when memory does not suffice, and being wrong now and then is cheap, such as asking the disk in
 * vain. His answer: m bits, all 0. Every key has k of them, which its hash chooses, and adding sets
 * them to 1.
 *
 *   add "a"      ...1.......1....1......
 *   add "b"      ...1...1...1....1..1...     one of them was 1 already
 *   has "c"?     ...?.....?....?........     a 0 among the three: certainly never added
 *   has "d"?     ...?.......?...........     ones only: probably added, or made up of others' bits
 *
 * Nothing can be removed, because a bit may be a bit of several keys. And nothing is ever lost,
 * because ones stay. At the best k half of the bits are 1, and a rate of p costs 1.44 log2(1/p)
 * bits a key, whatever the size of the keys: 9.6 for one in a hundred.
 *
 * Take it where memory matters more than time: split blocks cost a tenth more bits and are several
 * times faster in large tables (`split-block-bloom.ts`).
 *
 * Source: Bloom, "Space/time trade-offs in hash coding with allowable errors", CACM 1970. Departs
 * from it in how bits are chosen, `probes.ts`, and like all since, in looking at them one after the
 * other.
 */
import { keyHasher, type Key, type KeyHasher } from '@quorate/hash';

import { setBitsOf } from './bit-count.ts';
import { itemCountOf } from './estimates.ts';
import { fastRange } from './fast-range.ts';
import { checkSameHash, type FilterStats, type GrowingFilter } from './filter.ts';
import { hashKey } from './hash-key.ts';
import { integerPower } from './natural-log.ts';
import { bitOffset, hasCells, probe, type CellSize } from './probes.ts';
import { BIT_COUNT_MAX, bloomShape, type BloomShape, type FilterSizing } from './sizing.ts';

/** k has one byte in the formats of others, and more than 50 tell a 64-bit hash nothing new. */
export const HASH_COUNT_MAX = 255;

const BITS: CellSize = { log: 0, mask: 1 };

/** How large the table is: for a purpose, in bits, or as large as one that is there. */
export type BloomSize =
  | FilterSizing
  | BloomShape
  | {
      /** A table to go on with, 1..2^30 words. It is used, not copied. */
      readonly words: Int32Array;
      /** k: how many bits a key sets, 1..255. */
      readonly hashCount: number;
    };

/** What a classic Bloom filter is made of. */
export type BloomOptions = BloomSize & {
  /** Makes the 64 bits of a key; `keyHasher()`, the fastest, without it. */
  readonly hasher?: KeyHasher;
};

/**
 * The classic Bloom filter: the fewest bits for a set that grows.
 *
 * @remarks Never a false negative. Whatever was added stays: there is no `remove`. `add` and a
 *   `has` that finds cost k probes of memory, a `has` that does not about two. Nothing is
 *   allocated.
 *
 * @example
 * ```ts
 * const seen = new BloomFilter({ itemCount: 1_000, falsePositiveRate: 0.01 });
 * seen.add('order-17'); // => 'added'
 * seen.has('order-17'); // => true
 * seen.has('order-18'); // => false
 * ```
 */
export class BloomFilter implements GrowingFilter {
  readonly kind = 'bloom';
  readonly hasher: KeyHasher;
  /** The table: bit 0 is the lowest of the first word. Alive, not a copy. */
  readonly words: Int32Array;
  /** k, the number of bits that a key sets. */
  readonly hashCount: number;

  /** @throws RangeError if a size is out of its range. */
  constructor(options: BloomOptions) {
    const table = tableOf(options);
    this.words = table.words;
    this.hashCount = table.hashCount;
    this.hasher = options.hasher ?? keyHasher();
  }

  /** m, the number of bits. */
  get bitCount(): number {
    return 32 * this.words.length;
  }

  has(key: Key): boolean {
    const hasher = this.hasher;
    hashKey(hasher, key);
    return this.hasHash(hasher.high, hasher.low);
  }

  hasHash(high: number, low: number): boolean {
    return hasCells(this.words, this.hashCount, high, low, BITS);
  }

  add(key: Key): 'added' | 'present' {
    const hasher = this.hasher;
    hashKey(hasher, key);
    return this.addHash(hasher.high, hasher.low);
  }

  addHash(high: number, low: number): 'added' | 'present' {
    const words = this.words;
    const count = words.length;
    const offset = bitOffset(low);
    let missing = 0;
    for (let index = 0; index < this.hashCount; index += 1) {
      const mixed = probe(high, low, index);
      const at = fastRange(mixed, count);
      const bit = 1 << (mixed + offset);
      const word = words[at]!;
      missing |= bit & ~word;
      words[at] = word | bit;
    }
    return missing === 0 ? 'present' : 'added';
  }

  /**
   * Adds all that `other` holds. The result is the filter that both sets of keys would have made.
   *
   * @throws RangeError if m, k, hash function or seed differ; nothing was changed then.
   */
  addAll(other: BloomFilter): void {
    this.#checkAlike(other);
    const words = this.words;
    for (let at = 0; at < words.length; at += 1) words[at]! |= other.words[at]!;
  }

  /**
   * A new filter of the keys of both.
   *
   * @throws RangeError if m, k, hash function or seed differ.
   */
  union(other: BloomFilter): BloomFilter {
    const result = this.copy();
    result.addAll(other);
    return result;
  }

  /**
   * A new filter that has what both have.
   *
   * @throws RangeError if m, k, hash function or seed differ.
   *
   * @remarks It finds every key that was added to both. It may find more than a filter of only
   *   those keys, since a bit may stem from different keys; `stats` of it overestimate.
   */
  intersection(other: BloomFilter): BloomFilter {
    this.#checkAlike(other);
    const words = this.words.map((word, at) => word & other.words[at]!);
    return new BloomFilter({ words, hashCount: this.hashCount, hasher: this.hasher });
  }

  /** A filter of the same keys with a table of its own; it shares the hasher. */
  copy(): BloomFilter {
    const { hashCount, hasher } = this;
    return new BloomFilter({ words: this.words.slice(), hashCount, hasher });
  }

  /** How full it is. The rate is that of these very bits: the share of ones to the power of k. */
  stats(): FilterStats {
    const sizeBits = this.bitCount;
    const setBits = setBitsOf(this.words);
    const fillRatio = setBits / sizeBits;
    return {
      sizeBits,
      fillRatio,
      itemCount: itemCountOf(setBits, sizeBits, sizeBits, this.hashCount),
      falsePositiveRate: integerPower(fillRatio, this.hashCount),
    };
  }

  #checkAlike(other: BloomFilter): void {
    if (this.bitCount !== other.bitCount) {
      throw new RangeError(`other.bitCount: expected ${this.bitCount}, got ${other.bitCount}`);
    }
    if (this.hashCount !== other.hashCount) {
      throw new RangeError(`other.hashCount: expected ${this.hashCount}, got ${other.hashCount}`);
    }
    checkSameHash(this, other);
  }
}

function tableOf(size: BloomSize): { readonly words: Int32Array; readonly hashCount: number } {
  if ('words' in size) {
    checkShape({ bitCount: 32 * size.words.length, hashCount: size.hashCount });
    return size;
  }
  const shape = 'bitCount' in size ? size : bloomShape(size);
  checkShape(shape);
  return { words: new Int32Array(shape.bitCount / 32), hashCount: shape.hashCount };
}

function checkShape({ bitCount, hashCount }: BloomShape): void {
  if (!Number.isSafeInteger(bitCount / 32) || bitCount < 32 || bitCount > BIT_COUNT_MAX) {
    throw new RangeError(`bitCount: expected a multiple of 32 in 32..2^35, got ${bitCount}`);
  }
  if (!Number.isSafeInteger(hashCount) || hashCount < 1 || hashCount > HASH_COUNT_MAX) {
    throw new RangeError(`hashCount: expected an integer in 1..255, got ${hashCount}`);
  }
}
