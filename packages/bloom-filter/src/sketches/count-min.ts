/* eslint-disable @typescript-eslint/no-non-null-assertion --
   A counter that `fastRange` chose is in bounds; `?? 0` in place of `!` would cost a test a row. */

/*
 * The count-min sketch: how often each key came, without keeping the keys.
 *
 * A row of w counters, and a hash that chooses one of them for each key: a counter is at least as
 * high as its key came often, and too high by what others in it came. With d rows, each of which
 * chooses in another way, a key shares its counters with other keys in each. None of them is too
 * low, so the lowest is the best:
 *
 *   row 0    .  .  9  .  .  .          "a" came 7 times, and others 2 times in its counter
 *   row 1    7  .  .  .  .  .          here alone
 *   row 2    .  .  .  . 12  .          min(9, 7, 12) = 7
 *
 * One row is too high by more than e/w of all that was counted with a chance of 1/e at most
 * (Markov), and all d of them with e^-d. So w = e / error and d = ln(1 / chance).
 *
 * A counter that would pass 2^32-1 stays there, which is the one way in which an answer can be too
 * low: it then says "at least".
 *
 * Source: Cormode and Muthukrishnan, "An improved data stream summary: the count-min sketch and its
 * applications", Journal of Algorithms 55(1), 2005. Departs from it in that rows are chosen by a
 * mixing of 64 bits and not by a pairwise independent family.
 */
import { keyHasher, type Key, type KeyHasher } from '@quorate/hash';

import { fastRange } from '../fast-range.ts';
import { checkSameHash } from '../filter.ts';
import { naturalLog } from '../natural-log.ts';
import { probe } from '../probes.ts';

/** What a counter stays at. */
export const COUNT_MAX: number = 2 ** 32 - 1;

/** 4 GiB of counters. */
export const CELL_COUNT_MAX: number = 2 ** 30;

/** Beyond this the chance is below e^-64, and a 64-bit hash tells no more. */
const DEPTH_MAX = 64;

/** e, as a double. */
const E = 2.718_281_828_459_045;

/** How large the sketch is: for a purpose, in rows, or as large as one that is there. */
export type CountMinSize =
  | {
      /** By what share of all that was counted an answer may be too high; 1e-8..1, without 1. */
      readonly errorShare: number;
      /** The chance, 1e-15..1 without 1, that an answer is too high by more than that. */
      readonly failureChance: number;
    }
  | {
      /** w: how many counters a row has, 1..2^30. */
      readonly width: number;
      /** d: how many rows there are, 1..64; at most 2^30 counters in all. */
      readonly depth: number;
      /** Counters to go on with, row after row, and what was counted in all. */
      readonly counted?: CountMinCounted;
    };

/** What a count-min sketch has counted. */
export interface CountMinCounted {
  /** The counters, row after row: `width * depth` of them. They are used, not copied. */
  readonly counters: Uint32Array;
  /** All that was counted, of all keys; an integer in 0..2^53-1. It is the sum of each row. */
  readonly totalCount: number;
}

/** What a count-min sketch is made of. */
export type CountMinOptions = CountMinSize & {
  /** Makes the 64 bits of a key; `keyHasher()`, the fastest, without it. */
  readonly hasher?: KeyHasher;
};

/**
 * Counts how often keys come, in fixed memory, and errs only upwards.
 *
 * @remarks `estimate` is never below the true count, up to 2^32-1, and above it by more than
 *   `errorShare * totalCount` with a chance of `failureChance` at most. It is good at what is
 *   frequent; of a rare key it tells little.
 *
 * @example
 * ```ts
 * import { CountMin } from '@quorate/bloom-filter/sketches';
 *
 * const views = new CountMin({ errorShare: 0.001, failureChance: 0.01 });
 * views.add('page-1', 7);
 * views.add('page-2');
 * views.estimate('page-1'); // => 7
 * ```
 */
export class CountMin {
  readonly kind = 'count-min';
  readonly hasher: KeyHasher;
  /** w, the number of counters in a row. */
  readonly width: number;
  /** d, the number of rows. */
  readonly depth: number;
  /** The counters, row after row. Alive, not a copy. */
  readonly counters: Uint32Array;
  #totalCount = 0;

  /** @throws RangeError if a size is out of its range. */
  constructor(options: CountMinOptions) {
    const { width, depth } = 'width' in options ? options : sizeFor(options);
    if (!Number.isInteger(width) || width < 1 || width > CELL_COUNT_MAX) {
      throw new RangeError(`width: expected an integer in 1..2^30, got ${width}`);
    }
    if (!Number.isInteger(depth) || depth < 1 || depth > DEPTH_MAX) {
      throw new RangeError(`depth: expected an integer in 1..${DEPTH_MAX}, got ${depth}`);
    }
    if (width * depth > CELL_COUNT_MAX) {
      throw new RangeError(`width: expected at most 2^30 counters in all, got ${width * depth}`);
    }
    this.width = width;
    this.depth = depth;
    const counted = 'width' in options ? options.counted : undefined;
    if (counted !== undefined) checkCounted(counted, width, depth);
    this.counters = counted?.counters ?? new Uint32Array(width * depth);
    this.#totalCount = counted?.totalCount ?? 0;
    this.hasher = options.hasher ?? keyHasher();
  }

  /** All that was counted, of all keys; it stays at 2^53-1. */
  get totalCount(): number {
    return this.#totalCount;
  }

  /**
   * Counts `key`.
   *
   * @param count - How often it came; an integer in 0..2^32-1, and 1 without it.
   * @throws RangeError if `count` or a key that is a number is out of its range.
   */
  add(key: Key, count = 1): void {
    if (!Number.isInteger(count) || count < 0 || count > COUNT_MAX) {
      throw new RangeError(`count: expected an integer in 0..2^32-1, got ${count}`);
    }
    const { hasher, counters, width } = this;
    hasher.hash(key);
    for (let row = 0; row < this.depth; row += 1) {
      const at = row * width + fastRange(probe(hasher.high, hasher.low, row), width);
      counters[at] = Math.min(COUNT_MAX, counters[at]! + count);
    }
    this.#count(count);
  }

  /**
   * How often `key` came at most; 0 is certain.
   *
   * @throws RangeError if a number or a bigint is not an unsigned integer of 32 or 64 bits.
   */
  estimate(key: Key): number {
    const { hasher, counters, width } = this;
    hasher.hash(key);
    let least = COUNT_MAX;
    for (let row = 0; row < this.depth; row += 1) {
      const at = row * width + fastRange(probe(hasher.high, hasher.low, row), width);
      least = Math.min(least, counters[at]!);
    }
    return least;
  }

  /**
   * Counts all that `other` has counted.
   *
   * @throws RangeError if width, depth, hash function or seed differ; nothing was changed then.
   */
  addAll(other: CountMin): void {
    if (other.width !== this.width) {
      throw new RangeError(`other.width: expected ${this.width}, got ${other.width}`);
    }
    if (other.depth !== this.depth) {
      throw new RangeError(`other.depth: expected ${this.depth}, got ${other.depth}`);
    }
    checkSameHash(this, other);
    for (const [at, count] of other.counters.entries()) {
      this.counters[at] = Math.min(COUNT_MAX, this.counters[at]! + count);
    }
    this.#count(other.totalCount);
  }

  #count(count: number): void {
    this.#totalCount = Math.min(Number.MAX_SAFE_INTEGER, this.#totalCount + count);
  }
}

/** Every count goes to one counter of each row: their sum is the total until one is full. */
function checkCounted(counted: CountMinCounted, width: number, depth: number): void {
  const { counters, totalCount } = counted;
  if (counters.length !== width * depth) {
    throw new RangeError(`counters: expected ${width * depth}, got ${counters.length}`);
  }
  if (!Number.isSafeInteger(totalCount) || totalCount < 0) {
    throw new RangeError(`totalCount: expected an integer in 0..2^53-1, got ${totalCount}`);
  }
  if (totalCount === Number.MAX_SAFE_INTEGER) return;
  for (let row = 0; row < depth; row += 1) {
    let sum = 0;
    let isFull = false;
    for (const count of counters.subarray(row * width, (row + 1) * width)) {
      sum += count;
      if (count === COUNT_MAX) isFull = true;
    }
    if (isFull ? sum <= totalCount : sum === totalCount) continue;
    throw new RangeError(`counters: expected rows of sum ${totalCount}, got one of ${sum}`);
  }
}

function sizeFor(size: { readonly errorShare: number; readonly failureChance: number }): {
  readonly width: number;
  readonly depth: number;
} {
  const { errorShare, failureChance } = size;
  if (!(errorShare >= 1e-8 && errorShare < 1)) {
    throw new RangeError(`errorShare: expected a number in 1e-8..1, without 1, got ${errorShare}`);
  }
  if (!(failureChance >= 1e-15 && failureChance < 1)) {
    throw new RangeError(
      `failureChance: expected a number in 1e-15..1, without 1, got ${failureChance}`,
    );
  }
  return {
    width: Math.ceil(E / errorShare),
    depth: Math.max(1, Math.ceil(-naturalLog(failureChance))),
  };
}
