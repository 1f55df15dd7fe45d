/*
 * A Bloom clock: causality in a fixed number of counters, whatever the number of replicas, with a
 * bound of how often it is wrong.
 *
 * A vector clock has an entry for each replica that ever had an event. Where replicas are many and
 * short-lived, a clock of a few hundred bytes that is sometimes wrong may be better than an exact
 * one of megabytes.
 *
 * The idea: m cells of counters, in k equal parts. An event, by its name, is hashed to one cell of
 * each part, which rises by one. A receipt takes the larger number cell by cell, as ever. If one
 * event happened before another, its cells are nowhere larger: so a larger cell on either side
 * proves "not before", and larger cells on both prove "concurrent". Only "before" and "after" may
 * be wrong: cells of concurrent events may happen to cover each other.
 *
 * How often? Let A be covered by B though it has an event that B has not; take the first such event
 * e. What e's replica had seen before e is known to B as well, so in each of the k parts B needs,
 * in the cell of e, more than that: one of the events that B knows and e's replica did not must
 * have hit the same cell. With b such events, a part has w = m/k cells, and each event hits the one
 * of e with chance 1/w. The k parts are independent:
 *
 *   P(false order) <= (1 - (1 - k/m)^b)^k
 *
 * So what counts is b, how far ahead one can be of another, and not the length of histories. The
 * formula with the sums of all counters that is often given is smaller, and wrong for events with a
 * common past, which in practice have almost all of it in common.
 *
 * Source: Ramabaja, "The Bloom clock", 2019. Departs from it in the parts, which make the k cells
 * of an event differ, and in the bound.
 */
import { type Key, type KeyHasher, keyHasher } from '@quorate/hash';

import type { Ordering } from './ordering.ts';

/** The size of a clock: the same for all that are compared. */
export interface BloomClockShape {
  /** m: counters in all, a multiple of `hashCount`; 1..2^20. 4 bytes each. */
  readonly cellCount: number;
  /** k: counters that an event raises; 1..32. */
  readonly hashCount: number;
}

const CELL_COUNT_MAX = 2 ** 20;
const HASH_COUNT_MAX = 32;
const COUNT_MAX = 2 ** 32 - 1;

/**
 * What has been seen, in a fixed number of counters: a value that never changes.
 *
 * @example
 * ```ts
 * import { BloomClock, compareBloomClocks } from '@quorate/vector-clocks';
 *
 * const start = BloomClock.empty({ cellCount: 256, hashCount: 4 });
 * const sent = start.increment('a:1');
 * const received = start.increment('b:1').merge(sent).increment('b:2');
 * compareBloomClocks(sent, received); // => 'before', with a bounded chance to be wrong
 * compareBloomClocks(received, sent); // => 'after'
 * compareBloomClocks(sent, start.increment('c:1')); // => 'concurrent', for certain
 * ```
 */
export class BloomClock {
  readonly shape: BloomClockShape;
  /** Never write. */
  readonly cells: Uint32Array;
  readonly #hasher: KeyHasher;

  private constructor(shape: BloomClockShape, cells: Uint32Array, hasher: KeyHasher) {
    this.shape = shape;
    this.cells = cells;
    this.#hasher = hasher;
  }

  /**
   * The clock that has seen nothing.
   *
   * @throws RangeError if the shape is none.
   */
  static empty(shape: BloomClockShape): BloomClock {
    const { cellCount, hashCount } = checkShape(shape);
    return new BloomClock({ cellCount, hashCount }, new Uint32Array(cellCount), keyHasher());
  }

  /**
   * The clock with these counters, as it was taken apart.
   *
   * @param cells - Copied.
   * @throws RangeError if the shape is none, or has another number of cells.
   */
  static of(shape: BloomClockShape, cells: Uint32Array): BloomClock {
    const { cellCount, hashCount } = checkShape(shape);
    if (cells.length !== cellCount) {
      throw new RangeError(`cells: expected ${cellCount}, got ${cells.length}`);
    }
    return new BloomClock({ cellCount, hashCount }, cells.slice(), keyHasher());
  }

  /**
   * The clock after one more event.
   *
   * @param event - Its name, which no other event has: such as its replica and a counter.
   * @throws RangeError if a cell has been hit 2^32-1 times. O(cells), for the copy.
   */
  increment(event: Key): BloomClock {
    const { cellCount, hashCount } = this.shape;
    const partSize = cellCount / hashCount;
    const cells = this.cells.slice();
    this.#hasher.hash(event);
    const { high, low } = this.#hasher;
    for (let part = 0; part < hashCount; part += 1) {
      const at = part * partSize + Math.floor((mixed(high, low, part) / 2 ** 32) * partSize);
      const count = cells[at] ?? 0;
      if (count >= COUNT_MAX)
        throw new RangeError('cell: expected less than 2^32-1, got that many');
      cells[at] = count + 1;
    }
    return new BloomClock(this.shape, cells, this.#hasher);
  }

  /**
   * The clock that has seen what this one or `other` has.
   *
   * @throws RangeError if their shapes differ.
   */
  merge(other: BloomClock): BloomClock {
    checkSameShape(this.shape, other.shape);
    const cells = this.cells.map((count, at) => Math.max(count, other.cells[at] ?? 0));
    return new BloomClock(this.shape, cells, this.#hasher);
  }
}

/**
 * How `left` stands to `right`. 'concurrent' is certain; 'before' and 'after' are wrong, and should
 * be 'concurrent', at most as often as `falseOrderRate` says; so is 'equal' of different events.
 *
 * @throws RangeError if their shapes differ.
 */
export function compareBloomClocks(left: BloomClock, right: BloomClock): Ordering {
  checkSameShape(left.shape, right.shape);
  let isLess = false;
  let isMore = false;
  for (let at = 0; at < left.cells.length; at += 1) {
    const difference = (left.cells[at] ?? 0) - (right.cells[at] ?? 0);
    if (difference < 0) isLess = true;
    else if (difference > 0) isMore = true;
    if (isLess && isMore) return 'concurrent';
  }
  if (isLess) return 'before';
  return isMore ? 'after' : 'equal';
}

/**
 * At most how often a clock seems to cover another one that has an event it has not.
 *
 * @param aheadCount - b: how many events the covering clock may know of that were unknown to who
 *   had the event in question; at least 0. With n replicas that hear from each other at least once
 *   in r events of each, about n * r.
 * @returns 0..1.
 * @throws RangeError if the shape is none, or the count is negative or no number.
 */
export function falseOrderRate(shape: BloomClockShape, aheadCount: number): number {
  const { cellCount, hashCount } = checkShape(shape);
  checkAhead(aheadCount);
  const isHit = -Math.expm1(aheadCount * Math.log1p(-hashCount / cellCount));
  return aheadCount === 0 ? 0 : isHit ** hashCount;
}

/**
 * The smallest shape whose rate of false orders is at most `rate`.
 *
 * @param aheadCount - As in `falseOrderRate`; at least 1.
 * @param rate - Above 0, below 1.
 * @throws RangeError if one is out of range, or if a clock of 2^20 cells does not suffice.
 *
 * @remarks
 * Choose a shape once and write it down: clocks of different shapes cannot be compared.
 *
 * @example
 * ```ts
 * import { bloomClockShape } from '@quorate/vector-clocks';
 *
 * bloomClockShape(10, 0.001); // => { cellCount: 150, hashCount: 10 }
 * ```
 */
export function bloomClockShape(aheadCount: number, rate: number): BloomClockShape {
  checkAhead(aheadCount);
  if (!(rate > 0 && rate < 1)) throw new RangeError(`rate: expected above 0, below 1, got ${rate}`);
  let best: BloomClockShape | undefined;
  for (let hashCount = 1; hashCount <= HASH_COUNT_MAX; hashCount += 1) {
    const cellCount = hashCount * partSizeFor(aheadCount, rate ** (1 / hashCount));
    if (cellCount <= CELL_COUNT_MAX && !(best !== undefined && best.cellCount <= cellCount)) {
      best = { cellCount, hashCount };
    }
  }
  if (best === undefined) throw new RangeError(`aheadCount: expected fewer, got ${aheadCount}`);
  return best;
}

/** The fewest cells of a part in which that many events hit a given one with `chance` at most. */
function partSizeFor(aheadCount: number, chance: number): number {
  if (aheadCount === 0) return 1;
  return Math.ceil(1 / -Math.expm1(Math.log1p(-chance) / aheadCount));
}

/** 32 bits for each part, out of the 64 of a hash: the finalizer of MurmurHash3, twice keyed. */
function mixed(high: number, low: number, part: number): number {
  let bits = (high + Math.imul(part, 0x9e37_79b9)) | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85eb_ca6b) ^ low;
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2_ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

function checkShape(shape: BloomClockShape): BloomClockShape {
  const { cellCount, hashCount } = shape;
  if (!Number.isInteger(hashCount) || hashCount < 1 || hashCount > HASH_COUNT_MAX) {
    throw new RangeError(`hashCount: expected an integer in 1..32, got ${hashCount}`);
  }
  const isInRange = Number.isInteger(cellCount) && cellCount >= 1 && cellCount <= CELL_COUNT_MAX;
  if (!isInRange || cellCount % hashCount !== 0) {
    throw new RangeError(
      `cellCount: expected a multiple of ${hashCount} in 1..2^20, got ${cellCount}`,
    );
  }
  return shape;
}

function checkSameShape(left: BloomClockShape, right: BloomClockShape): void {
  if (left.cellCount === right.cellCount && left.hashCount === right.hashCount) return;
  const text = (shape: BloomClockShape): string => `${shape.cellCount}/${shape.hashCount}`;
  throw new RangeError(`shape: expected ${text(left)}, got ${text(right)}`);
}

function checkAhead(aheadCount: number): void {
  if (aheadCount >= 0) return;
  throw new RangeError(`aheadCount: expected at least 0, got ${aheadCount}`);
}
