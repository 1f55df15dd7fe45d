/*
 * The rolling filter: the keys of the last while, and the older ones forgotten.
 *
 * "Have I seen this message in the last ten minutes?" A filter that only takes keys fills up within
 * days, and emptying it every ten minutes forgets, at that moment, what came a second before. So
 * keep several filters, each for the keys of one stretch of time, a generation; add to the newest,
 * ask all, and empty the oldest whole to become the newest:
 *
 *   windowMs = 3 generations                     |<------- window ------>|
 *   generation     0       1       2       3       4       5       6     now
 *                 gone    gone    gone  [  ask  ][  ask  ][  ask  ][ask, add]
 *
 * The newest is not over yet, so there is one more than the window has: a key that came at the very
 * end of generation 3 is found until generation 6 ends. Every key is found for `windowMs` at least,
 * and for one generation more at most. More generations forget more exactly, and cost more tables
 * to ask.
 *
 * Time is passed in, and may go back: several machines stamp the messages, or a clock is set.
 * Generations never do. What is earlier than the latest time that was seen is taken for that time:
 * the key goes to the newest generation, and is found for longer than it would have been, never for
 * less.
 *
 * Source: generations are this repository's; the idea of buffers that age is that of Chang, Feng
 * and Li, "Approximate caches for packet classification", INFOCOM 2004.
 */
import { keyHasher, type Key, type KeyHasher } from '@quorate/hash';

import { BloomFilter } from './bloom.ts';
import { isSameHash, type FilterStats } from './filter.ts';
import { hashKey } from './hash-key.ts';
import { checkSizing, type FilterSizing } from './sizing.ts';

/** With more, asking them would be most of the work. */
export const GENERATION_COUNT_MAX = 64;

/** What a rolling filter is made of. */
export interface RollingOptions extends FilterSizing {
  /**
   * How many distinct keys come in one window, evenly; an integer of at least 0. If more come at
   * once nothing is lost, but the rate rises, and `stats` says to what.
   */
  readonly itemCount: number;
  /** The share of strangers that `has` may take for members, over all generations together. */
  readonly falsePositiveRate: number;
  /** How long a key is found at least, in ms; a finite number above 0. */
  readonly windowMs: number;
  /**
   * Into how many generations the window is divided, 1..64; 4 without it. A key is forgotten at
   * most `windowMs / generationCount` late. `has` asks one table more than this.
   */
  readonly generationCount?: number;
  /** Makes the 64 bits of a key; `keyHasher()`, the fastest, without it. */
  readonly hasher?: KeyHasher;
}

/** Everything that makes a rolling filter: with it, another one goes on where this one is. */
export interface RollingParts {
  readonly windowMs: number;
  readonly hasher: KeyHasher;
  /**
   * A ring of 2..65: generation number g of time is in place g modulo their count. They are used,
   * not copied.
   */
  readonly generations: readonly BloomFilter[];
  /** The number of the newest generation; -Infinity before any time was passed in. */
  readonly newest: number;
}

/**
 * A Bloom filter that forgets by itself what is older than a window.
 *
 * @remarks
 * No false negative for `windowMs` after the last `add` of a key, by the times that are passed in
 * and however they go back. One time that is far ahead makes it forget all that was before it; no
 * generation ends then until the time is reached again, and keys gather in the newest. No memory is
 * taken after it was made.
 *
 * @example
 * ```ts
 * const options = { itemCount: 10_000, falsePositiveRate: 0.001, windowMs: 60_000 };
 * const recent = new RollingFilter(options);
 * recent.add('message-1', 0); // => 'added'
 * recent.has('message-1', 60_000); // => true
 * recent.has('message-1', 75_000); // => false
 * ```
 */
export class RollingFilter {
  readonly kind = 'rolling';
  readonly hasher: KeyHasher;
  readonly windowMs: number;
  /** How long a generation is, in ms: what forgetting may be late by. */
  readonly generationMs: number;
  /** A ring: generation number g of time is in place g modulo their count. */
  readonly #generations: readonly BloomFilter[];
  /** The number of the newest generation; that of time 0 is 0. */
  #newest = Number.NEGATIVE_INFINITY;

  /** @throws RangeError if a number is out of its range, or the tables would be too large. */
  constructor(options: RollingOptions | RollingParts) {
    const { windowMs } = options;
    if (!(windowMs > 0 && Number.isFinite(windowMs))) {
      throw new RangeError(`windowMs: expected a finite number above 0, got ${windowMs}`);
    }
    this.windowMs = windowMs;
    this.hasher = options.hasher ?? keyHasher();
    if ('generations' in options) {
      checkRing(options);
      this.#generations = [...options.generations];
      this.#newest = options.newest;
    } else {
      this.#generations = ringFor(options, this.hasher);
    }
    this.generationMs = windowMs / (this.#generations.length - 1);
    if (this.generationMs === 0) {
      throw new RangeError(`windowMs: expected one that can be divided, got ${windowMs}`);
    }
  }

  /** What it is made of, for codecs. The generations are alive, not copies. */
  get parts(): RollingParts {
    return {
      windowMs: this.windowMs,
      hasher: this.hasher,
      generations: this.#generations,
      newest: this.#newest,
    };
  }

  /**
   * Whether `key` was added within the window: `false` is certain, `true` is probable.
   *
   * @param nowMs - The time, in ms since any fixed moment; it may go back.
   * @throws RangeError if `nowMs` or the key is out of its range; nothing was forgotten then.
   */
  has(key: Key, nowMs: number): boolean {
    const hasher = this.hasher;
    hashKey(hasher, key);
    return this.hasHash(hasher.high, hasher.low, nowMs);
  }

  /** `has` for a key whose hash is at hand. */
  hasHash(high: number, low: number, nowMs: number): boolean {
    this.#turnTo(nowMs);
    for (const generation of this.#generations) {
      if (generation.hasHash(high, low)) return true;
    }
    return false;
  }

  /**
   * Adds `key`, or makes it as new as `nowMs`; it is found for `windowMs` from now.
   *
   * @param nowMs - The time, in ms since any fixed moment; it may go back.
   * @returns `present` if `has` was true before: it is now found for longer.
   * @throws RangeError if `nowMs` or the key is out of its range; nothing has changed then.
   */
  add(key: Key, nowMs: number): 'added' | 'present' {
    const hasher = this.hasher;
    hashKey(hasher, key);
    return this.addHash(hasher.high, hasher.low, nowMs);
  }

  /** `add` for a key whose hash is at hand. */
  addHash(high: number, low: number, nowMs: number): 'added' | 'present' {
    const wasFound = this.hasHash(high, low, nowMs);
    const count = this.#generations.length;
    this.#generations[remainder(this.#newest, count)]?.addHash(high, low);
    return wasFound ? 'present' : 'added';
  }

  /**
   * How full it is at `nowMs`. A key that was added in several generations counts in each of them;
   * the rate is that of all tables together.
   *
   * @throws RangeError if `nowMs` is out of its range.
   */
  stats(nowMs: number): FilterStats {
    this.#turnTo(nowMs);
    let sizeBits = 0;
    let setBits = 0;
    let itemCount = 0;
    let refused = 1;
    for (const generation of this.#generations) {
      const stats = generation.stats();
      sizeBits += stats.sizeBits;
      setBits += stats.fillRatio * stats.sizeBits;
      itemCount += stats.itemCount;
      refused *= 1 - stats.falsePositiveRate;
    }
    return { sizeBits, fillRatio: setBits / sizeBits, itemCount, falsePositiveRate: 1 - refused };
  }

  /** Empties the generations that are over, and makes that of `nowMs` the newest. */
  #turnTo(nowMs: number): void {
    const number = Math.floor(nowMs / this.generationMs);
    if (!Number.isSafeInteger(number)) {
      throw new RangeError(
        `nowMs: expected a time within 2^53 generations of ${this.generationMs} ms, got ${nowMs}`,
      );
    }
    // A clock that steps back must not bring back a generation that was emptied for a newer one.
    if (number <= this.#newest) return;
    const count = this.#generations.length;
    // After a long silence every generation is over, and each needs emptying only once.
    for (let next = Math.max(this.#newest, number - count) + 1; next <= number; next += 1) {
      this.#generations[remainder(next, count)]?.words.fill(0);
    }
    // A number of -0 is 0: what is written of two equal filters is equal.
    this.#newest = number + 0;
  }
}

function ringFor(options: RollingOptions, hasher: KeyHasher): readonly BloomFilter[] {
  const { generationCount = 4, falsePositiveRate } = options;
  if (
    !Number.isInteger(generationCount) ||
    generationCount < 1 ||
    generationCount > GENERATION_COUNT_MAX
  ) {
    throw new RangeError(`generationCount: expected an integer in 1..64, got ${generationCount}`);
  }
  const sizing = {
    itemCount: Math.ceil(checkSizing(options) / generationCount),
    falsePositiveRate: falsePositiveRate / (generationCount + 1),
  };
  return Array.from({ length: generationCount + 1 }, () => new BloomFilter({ ...sizing, hasher }));
}

function checkRing({ generations, hasher, newest }: RollingParts): void {
  const count = generations.length;
  if (count < 2 || count > GENERATION_COUNT_MAX + 1) {
    throw new RangeError(`generations: expected 2..65, got ${count}`);
  }
  if (!generations.every((generation) => isSameHash(hasher, generation.hasher))) {
    throw new RangeError(`generations: expected ${hasher.id} of one seed, got another`);
  }
  if (newest !== Number.NEGATIVE_INFINITY && !Number.isSafeInteger(newest)) {
    throw new RangeError(`newest: expected an integer below 2^53, or -Infinity, got ${newest}`);
  }
}

/** Times before 0 have numbers below 0, and `%` keeps the sign. */
function remainder(number: number, count: number): number {
  return ((number % count) + count) % count;
}
