/*
 * Mean and variance of the last n values, in constant time and exactly, however long it runs.
 *
 * The textbook ways go wrong in a window that slides for months. Adding and subtracting doubles
 * leaves a rounding error behind with each value, and the sum of squares minus the square of the
 * sum loses what the two have in common: on intervals in nanoseconds the variance comes out
 * negative. Welford's recurrence drifts when values are taken out again.
 *
 * Integers have no rounding error. Values are kept as whole ticks around 0, cut off at a limit L:
 *
 *   sum    += new - old               |sum|    <= n L     < 2^53
 *   square += new^2 - old^2            square  <= n L^2   < 2^52
 *
 * Both stay exact for ever, on every engine. The variance is taken around the integer m next to the
 * mean, with r = sum - n m:
 *
 *   sum of (k - m)^2 = square - m (sum + r),    variance = (that - r^2 / n) / n
 *
 * where everything but the last two divisions is exact as well.
 */
import { invariant } from './invariant.ts';

/** A longer window would leave too little room for its values. */
export const WINDOW_SIZE_MAX = 8_192;

/** A tick is a sixteenth of a millisecond, up to this interval. */
const FINE_INTERVAL_MS = 60_000;

/**
 * How many ticks a millisecond is worth where heartbeats come every `intervalMs`: 16, or fewer for
 * intervals of minutes and more, so that some intervals are within the limit of a window.
 *
 * @returns A power of two: whole milliseconds up to a minute are whole ticks.
 */
export function ticksPerMs(intervalMs: number): number {
  return 16 / 2 ** Math.ceil(Math.log2(Math.max(1, intervalMs / FINE_INTERVAL_MS)));
}

/** The last values of a series, as whole ticks, with their exact sums. */
export class ArrivalWindow {
  /** How many values it keeps. */
  readonly capacity: number;
  /** Larger values count as this, smaller ones as its negative. */
  readonly limitTicks: number;
  /** How many it holds. */
  count = 0;
  /** Their mean in ticks; 0 while empty. */
  mean = 0.5;
  /** The exact sum of the values. */
  sum = 0;
  /** The exact sum of their squares. */
  sumOfSquares = 0;
  readonly #ring: Int32Array;
  #next = 0;

  /** @param capacity - How many values it keeps, an integer in 1..8192. */
  constructor(capacity: number) {
    invariant(
      Number.isInteger(capacity) && capacity >= 1 && capacity <= WINDOW_SIZE_MAX,
      'a window keeps 1..8192 values',
    );
    this.capacity = capacity;
    this.limitTicks = Math.min(2 ** 31 - 1, Math.floor(Math.sqrt(2 ** 52 / capacity)));
    this.#ring = new Int32Array(capacity);
    this.mean = 0;
  }

  /** The variance of the values around their mean, in ticks squared; 0 while empty. */
  get variance(): number {
    const { count, sum } = this;
    if (count === 0) return 0;
    const middle = Math.round(sum / count);
    const rest = sum - count * middle;
    const spread = this.sumOfSquares - middle * (sum + rest);
    return Math.max(0, (spread - (rest * rest) / count) / count);
  }

  /**
   * Takes a value in, and the oldest out when the window is full.
   *
   * @param ticks - A whole number, cut off at the limit. The caller rounds: a fraction would be put
   * on
   *   the heap for the call.
   */
  push(ticks: number): void {
    const value = this.#cut(ticks);
    const old = this.#ring[this.#next] ?? 0;
    if (this.count < this.capacity) this.count += 1;
    this.#ring[this.#next] = value;
    this.#next = this.#next + 1 === this.capacity ? 0 : this.#next + 1;
    this.sum += value - old;
    this.sumOfSquares += value * value - old * old;
    this.mean = this.sum / this.count;
  }

  /** The value that was taken in `age` values before the newest, 0..count-1. */
  at(age: number): number {
    const index = this.#next - 1 - age;
    return this.#ring[index < 0 ? index + this.capacity : index] ?? 0;
  }

  /** Adds to each value the whole number that `shiftAt` says for its age. O(n). */
  adjust(shiftAt: (age: number) => number): void {
    const { count } = this;
    this.sum = 0;
    this.sumOfSquares = 0;
    for (let age = 0; age < count; age += 1) {
      const index = this.#next - 1 - age;
      const slot = index < 0 ? index + this.capacity : index;
      const moved = (this.#ring[slot] ?? 0) + shiftAt(age);
      const value = this.#cut(moved);
      this.#ring[slot] = value;
      this.sum += value;
      this.sumOfSquares += value * value;
    }
    this.mean = count === 0 ? 0 : this.sum / count;
  }

  /** Forgets all values. */
  clear(): void {
    this.#ring.fill(0);
    this.count = 0;
    this.sum = 0;
    this.sumOfSquares = 0;
    this.mean = 0;
    this.#next = 0;
  }

  #cut(ticks: number): number {
    return Math.max(-this.limitTicks, Math.min(this.limitTicks, ticks));
  }
}
