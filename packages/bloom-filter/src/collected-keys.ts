/*
 * Sizing a filter for a stream whose length nobody knows.
 *
 * A filter must be sized before its first key, and a stream tells its length after the last.
 * Guessing low breaks the rate, guessing high wastes memory, and reading the stream twice is often
 * impossible. But a filter never looks at a key again, only at 64 bits of it. So those are kept:
 * eight bytes a key, whatever the key is, until the stream ends and the filter can be made to
 * measure.
 *
 *   keys ... -> hash -> [ 64K hashes ][ 64K hashes ][ 3,201 ...   ] -> filter of the right size
 *
 * A key that comes twice counts twice in the size, and once in the filter.
 */
import type { Key, KeyHasher } from '@quorate/hash';

import { checkSameHash, type GrowingFilter } from './filter.ts';
import { invariant } from './invariant.ts';

/** Hashes in one chunk: a list that grows by chunks copies nothing when it grows. */
const CHUNK_HASHES = 65_536;

/** Half a gigabyte of hashes. */
const ITEM_COUNT_MAX = 2 ** 26;

/** Where the hashes of a stream are kept. */
export interface CollectedKeysOptions {
  /** The hasher that the filter will have. */
  readonly hasher: KeyHasher;
  /**
   * How many keys to take at most, an integer in 1..2^32; 2^26 without it. Each costs 8 bytes until
   * the collection is dropped.
   */
  readonly itemCountMax?: number;
}

/**
 * The hashes of keys, kept until their number is known.
 *
 * @example
 * ```ts
 * import { CollectedKeys, SplitBlockBloomFilter } from '@quorate/bloom-filter';
 * import { keyHasher } from '@quorate/hash';
 *
 * const keys = new CollectedKeys({ hasher: keyHasher() });
 * for (const line of ['a', 'b', 'c']) keys.add(line);
 *
 * const { itemCount, hasher } = keys;
 * const filter = new SplitBlockBloomFilter({ itemCount, falsePositiveRate: 0.01, hasher });
 * keys.pourInto(filter);
 * filter.has('b'); // => true
 * ```
 */
export class CollectedKeys {
  readonly hasher: KeyHasher;
  readonly #itemCountMax: number;
  readonly #chunks: Int32Array[] = [];
  #itemCount = 0;

  /** @throws RangeError if `itemCountMax` is out of its range. */
  constructor(options: CollectedKeysOptions) {
    const itemCountMax = options.itemCountMax ?? ITEM_COUNT_MAX;
    if (!Number.isSafeInteger(itemCountMax) || itemCountMax < 1 || itemCountMax > 2 ** 32) {
      throw new RangeError(`itemCountMax: expected an integer in 1..2^32, got ${itemCountMax}`);
    }
    this.hasher = options.hasher;
    this.#itemCountMax = itemCountMax;
  }

  /** How many keys were taken, repetitions included. */
  get itemCount(): number {
    return this.#itemCount;
  }

  /**
   * Takes `key`: `full` if there are as many as may be, and it was not taken.
   *
   * @throws RangeError if a number or a bigint is not an unsigned integer of 32 or 64 bits.
   */
  add(key: Key): 'added' | 'full' {
    if (this.#itemCount >= this.#itemCountMax) return 'full';
    const hasher = this.hasher;
    hasher.hash(key);
    const at = 2 * (this.#itemCount % CHUNK_HASHES);
    if (at === 0) this.#chunks.push(new Int32Array(2 * CHUNK_HASHES));
    const chunk = this.#chunks.at(-1);
    invariant(chunk !== undefined, 'a chunk has room for the next hash');
    chunk[at] = hasher.high;
    chunk[at + 1] = hasher.low;
    this.#itemCount += 1;
    return 'added';
  }

  /** Calls `visit` with both halves of every hash, in the order of the keys. */
  forEachHash(visit: (high: number, low: number) => void): void {
    let left = this.#itemCount;
    for (const chunk of this.#chunks) {
      const end = 2 * Math.min(left, CHUNK_HASHES);
      for (let at = 0; at < end; at += 2) visit(chunk[at] ?? 0, chunk[at + 1] ?? 0);
      left -= CHUNK_HASHES;
    }
  }

  /**
   * Adds all keys to `filter`.
   *
   * @returns How many of them it had no room for: 0 for every filter that cannot be full.
   * @throws RangeError if the filter hashes otherwise: it would never find one of the keys.
   */
  pourInto(filter: GrowingFilter): number {
    checkSameHash(this, filter);
    let refusedCount = 0;
    this.forEachHash((high, low) => {
      if (filter.addHash(high, low) === 'full') refusedCount += 1;
    });
    return refusedCount;
  }
}
