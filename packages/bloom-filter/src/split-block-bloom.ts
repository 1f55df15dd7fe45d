/* eslint-disable @typescript-eslint/no-non-null-assertion --
   A block that `fastRange` chose is in bounds; `?? 0` in place of `!` would cost a test a word. */

/*
 * The split-block Bloom filter: one cache line for each question.
 *
 * A Bloom filter sets k bits for a key, anywhere in a table of megabytes. Every one of them is a
 * cache miss, and a miss costs more than all the arithmetic together. The idea: let the first half
 * of the hash choose one block of 256 bits, which lies in one line of the cache, and the second
 * half choose eight bits within it, one in each of eight words of 32 bits.
 *
 *   hash:   high 32 bits                       low 32 bits
 *             |                                   |
 *             v  block = high * z >> 32           v  bit i = (low * SALT[i]) >> 27
 *   +--------+--------+--------+-- - -     +---+---+---+---+---+---+---+---+
 *   | block  | block  | block  |           | 1 in each of 8 words of 32    |
 *   +--------+--------+--------+-- - -     +---+---+---+---+---+---+---+---+
 *
 * The eight odd salts are different multipliers, so the eight bits are eight weak hash functions
 * for the price of eight multiplications that do not wait for each other. Blocks fill unevenly,
 * which costs a tenth more bits at 1 % (see `sizing.ts`), more at lower rates.
 *
 * The bits are those of Parquet: with `keyHasher('xxh64')` and the bytes of the plain encoding, a
 * table can be read from and put into a Parquet file (`encodeParquetFilter`).
 *
 * Sources: Putze, Sanders and Singler, "Cache-, hash- and space-efficient Bloom filters", WEA 2007;
 * Apache Parquet, BloomFilter.md, which has the salts and the layout; its hash is XXH64 of seed 0.
 */
import { hashKey } from './hash-key.ts';
import { keyHasher, type Key, type KeyHasher } from '@quorate/hash';

import { bitCountOf, setBitsOf } from './bit-count.ts';
import { itemCountOf } from './estimates.ts';
import { fastRange } from './fast-range.ts';
import { checkSameHash, type FilterStats, type GrowingFilter } from './filter.ts';
import { BLOCK_COUNT_MAX, splitBlockCount, type FilterSizing } from './sizing.ts';

/** Words of 32 bits in a block, of which a key sets one bit each. */
export const BLOCK_WORDS = 8;

const SALT_0 = 0x47b6137b | 0;
const SALT_1 = 0x44974d91 | 0;
const SALT_2 = 0x8824ad5b | 0;
const SALT_3 = 0xa2b7289d | 0;
const SALT_4 = 0x705495c7 | 0;
const SALT_5 = 0x2df1424b | 0;
const SALT_6 = 0x9efc4947 | 0;
const SALT_7 = 0x5c6bfb31 | 0;

/** One salt for each word of a block, for those who set bits in their own way. */
export const salts: readonly number[] = [
  SALT_0,
  SALT_1,
  SALT_2,
  SALT_3,
  SALT_4,
  SALT_5,
  SALT_6,
  SALT_7,
];

/** How large the table is: for a purpose, in blocks, or as large as one that is there. */
export type SplitBlockSize =
  | FilterSizing
  | {
      /** z: an integer in 1..2^26, each of 32 bytes. */
      readonly blockCount: number;
    }
  | {
      /** A table to go on with: eight words a block. It is used, not copied. */
      readonly words: Int32Array;
    };

/** What a split-block filter is made of. */
export type SplitBlockOptions = SplitBlockSize & {
  /** Makes the 64 bits of a key; `keyHasher()`, the fastest, without it. */
  readonly hasher?: KeyHasher;
};

/**
 * A Bloom filter that touches one cache line for each key: the one to take when nothing speaks for
 * another.
 *
 * @remarks Never a false negative. Whatever was added stays: there is no `remove`. `add` and `has`
 *   take O(1) time and allocate nothing. Departs from the paper in that blocks have eight words, as
 *   Parquet's have.
 *
 * @example
 * ```ts
 * const seen = new SplitBlockBloomFilter({ itemCount: 1_000, falsePositiveRate: 0.01 });
 * seen.add('order-17'); // => 'added'
 * seen.has('order-17'); // => true
 * seen.has('order-18'); // => false
 * ```
 */
export class SplitBlockBloomFilter implements GrowingFilter {
  readonly kind = 'split-block';
  readonly hasher: KeyHasher;
  /** The table: eight words for each block. Alive, not a copy. */
  readonly words: Int32Array;
  readonly #blockCount: number;

  /** @throws RangeError if a size is out of its range. */
  constructor(options: SplitBlockOptions) {
    this.words = tableOf(options);
    this.#blockCount = this.words.length / BLOCK_WORDS;
    this.hasher = options.hasher ?? keyHasher();
  }

  /** z, the number of blocks. */
  get blockCount(): number {
    return this.#blockCount;
  }

  has(key: Key): boolean {
    const hasher = this.hasher;
    hashKey(hasher, key);
    return this.hasHash(hasher.high, hasher.low);
  }

  hasHash(high: number, low: number): boolean {
    const words = this.words;
    const at = fastRange(high, this.#blockCount) * BLOCK_WORDS;
    const found =
      (words[at]! >>> (Math.imul(low, SALT_0) >>> 27)) &
      (words[at + 1]! >>> (Math.imul(low, SALT_1) >>> 27)) &
      (words[at + 2]! >>> (Math.imul(low, SALT_2) >>> 27)) &
      (words[at + 3]! >>> (Math.imul(low, SALT_3) >>> 27)) &
      (words[at + 4]! >>> (Math.imul(low, SALT_4) >>> 27)) &
      (words[at + 5]! >>> (Math.imul(low, SALT_5) >>> 27)) &
      (words[at + 6]! >>> (Math.imul(low, SALT_6) >>> 27)) &
      (words[at + 7]! >>> (Math.imul(low, SALT_7) >>> 27));
    return (found & 1) === 1;
  }

  add(key: Key): 'added' | 'present' {
    const hasher = this.hasher;
    hashKey(hasher, key);
    return this.addHash(hasher.high, hasher.low);
  }

  addHash(high: number, low: number): 'added' | 'present' {
    if (this.hasHash(high, low)) return 'present';
    const words = this.words;
    const at = fastRange(high, this.#blockCount) * BLOCK_WORDS;
    words[at]! |= 1 << (Math.imul(low, SALT_0) >>> 27);
    words[at + 1]! |= 1 << (Math.imul(low, SALT_1) >>> 27);
    words[at + 2]! |= 1 << (Math.imul(low, SALT_2) >>> 27);
    words[at + 3]! |= 1 << (Math.imul(low, SALT_3) >>> 27);
    words[at + 4]! |= 1 << (Math.imul(low, SALT_4) >>> 27);
    words[at + 5]! |= 1 << (Math.imul(low, SALT_5) >>> 27);
    words[at + 6]! |= 1 << (Math.imul(low, SALT_6) >>> 27);
    words[at + 7]! |= 1 << (Math.imul(low, SALT_7) >>> 27);
    return 'added';
  }

  /**
   * Adds all that `other` holds. The result is the filter that both sets of keys would have made.
   *
   * @throws RangeError if size, hash function or seed differ; nothing was changed then.
   */
  addAll(other: SplitBlockBloomFilter): void {
    this.#checkAlike(other);
    const words = this.words;
    for (let at = 0; at < words.length; at += 1) words[at]! |= other.words[at]!;
  }

  /**
   * A new filter of the keys of both.
   *
   * @throws RangeError if size, hash function or seed differ.
   */
  union(other: SplitBlockBloomFilter): SplitBlockBloomFilter {
    const result = this.copy();
    result.addAll(other);
    return result;
  }

  /**
   * A new filter that has what both have.
   *
   * @throws RangeError if size, hash function or seed differ.
   *
   * @remarks It finds every key that was added to both. It may find more than a filter of only
   *   those keys, since a bit may stem from different keys; `stats` of it overestimate.
   */
  intersection(other: SplitBlockBloomFilter): SplitBlockBloomFilter {
    this.#checkAlike(other);
    const words = this.words.map((word, at) => word & other.words[at]!);
    return new SplitBlockBloomFilter({ words, hasher: this.hasher });
  }

  /** A filter of the same keys with a table of its own; it shares the hasher. */
  copy(): SplitBlockBloomFilter {
    return new SplitBlockBloomFilter({ words: this.words.slice(), hasher: this.hasher });
  }

  /**
   * How full it is. The rate is not an estimate: it is the share of all hashes that these very bits
   * say yes to.
   */
  stats(): FilterStats {
    const sizeBits = 32 * this.words.length;
    const setBits = setBitsOf(this.words);
    return {
      sizeBits,
      fillRatio: setBits / sizeBits,
      itemCount: itemCountOf(setBits, sizeBits, 32 * this.#blockCount, 1),
      falsePositiveRate: rateOf(this.words),
    };
  }

  #checkAlike(other: SplitBlockBloomFilter): void {
    if (this.#blockCount !== other.#blockCount) {
      throw new RangeError(
        `other.blockCount: expected ${this.#blockCount}, got ${other.#blockCount}`,
      );
    }
    checkSameHash(this, other);
  }
}

function tableOf(size: SplitBlockSize): Int32Array {
  if ('words' in size) return checkedTable(size.words);
  const blockCount = 'blockCount' in size ? size.blockCount : splitBlockCount(size);
  if (!Number.isSafeInteger(blockCount) || blockCount < 1 || blockCount > BLOCK_COUNT_MAX) {
    throw new RangeError(`blockCount: expected an integer in 1..2^26, got ${blockCount}`);
  }
  return new Int32Array(BLOCK_WORDS * blockCount);
}

function checkedTable(words: Int32Array): Int32Array {
  const blockCount = words.length / BLOCK_WORDS;
  if (Number.isInteger(blockCount) && blockCount >= 1 && blockCount <= BLOCK_COUNT_MAX)
    return words;
  throw new RangeError(`words: expected 8 for each of 1..2^26 blocks, got ${words.length}`);
}

/** A stranger's block is any, and in each of its words any bit: the mean of products. */
function rateOf(words: Int32Array): number {
  let sum = 0;
  for (let block = 0; block < words.length; block += BLOCK_WORDS) {
    let chance = 1;
    for (let word = 0; word < BLOCK_WORDS; word += 1) {
      chance *= bitCountOf(words[block + word]!) / 32;
    }
    sum += chance;
  }
  return sum / (words.length / BLOCK_WORDS);
}
