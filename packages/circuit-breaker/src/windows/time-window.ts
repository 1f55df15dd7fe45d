import type { CountedOutcome, OutcomeCounts } from '../outcome.ts';
import { bitsOf, type MutableCounts, type OutcomeWindow } from './outcome-window.ts';

/** Numbers that a bucket holds, in this order: total, failed, slow, slow and failed. */
const FIELDS = 4;

/** What one bucket held, and how long ago that was. */
export interface TimeBucket extends OutcomeCounts {
  /** Milliseconds from the middle of its span to the instant of reading; at least 0. */
  readonly ageMs: number;
}

/**
 * The outcomes of the last `durationMs`, in `bucketCount` buckets, and running totals.
 *
 * ```text
 *   |  12  |   9  |   0  |  14  |   7  |      buckets of durationMs / bucketCount each
 *       ^ the oldest, forgotten       ^ head, the one of now
 *         whole when its turn comes
 * ```
 *
 * No timer turns the ring: whoever records or reads moves the head to the bucket of now and empties
 * those it passes, at most `bucketCount` of them however long nobody called. So the window covers
 * between `durationMs` less a bucket and `durationMs`.
 */
export class TimeWindow implements OutcomeWindow {
  readonly #counts: MutableCounts = { total: 0, failed: 0, slow: 0, slowFailed: 0 };
  readonly #buckets: Float64Array;
  readonly #bucketCount: number;
  readonly #bucketMs: number;
  /** Number of the head bucket, counted from the instant 0 of the clock. */
  #epoch = Number.NEGATIVE_INFINITY;
  #headAt = 0;

  /**
   * @param durationMs - How far it looks back: above 0.
   * @param bucketCount - Into how many parts: an integer, at least 1.
   */
  constructor(durationMs: number, bucketCount: number) {
    this.#bucketMs = durationMs / bucketCount;
    this.#bucketCount = bucketCount;
    this.#buckets = new Float64Array(bucketCount * FIELDS);
  }

  get counts(): OutcomeCounts {
    return this.#counts;
  }

  record(outcome: CountedOutcome, nowMs: number): void {
    this.advance(nowMs);
    const bits = bitsOf(outcome);
    this.#add(this.#headAt, 1, bits & 1, bits >> 1, bits === 3 ? 1 : 0);
  }

  advance(nowMs: number): void {
    const epoch = Math.floor(nowMs / this.#bucketMs);
    if (epoch <= this.#epoch) return;
    // An hour without calls empties the ring once, not an hour's worth of times.
    const passed = Math.min(epoch - this.#epoch, this.#bucketCount);
    for (let step = 0; step < passed; step += 1) {
      this.#headAt += FIELDS;
      if (this.#headAt === this.#buckets.length) this.#headAt = 0;
      this.#empty(this.#headAt);
    }
    this.#epoch = epoch;
  }

  clear(): void {
    const counts = this.#counts;
    counts.total = 0;
    counts.failed = 0;
    counts.slow = 0;
    counts.slowFailed = 0;
    this.#buckets.fill(0);
  }

  /** The buckets that hold something at `nowMs`, the oldest first. */
  buckets(nowMs: number): readonly TimeBucket[] {
    this.advance(nowMs);
    const found: TimeBucket[] = [];
    for (let back = this.#bucketCount - 1; back >= 0; back -= 1) {
      const at = this.#placeOf(back);
      const [total = 0, failed = 0, slow = 0, slowFailed = 0] = this.#buckets.subarray(at);
      if (total === 0) continue;
      // The middle, so that rounding never moves a bucket into its neighbour.
      const ageMs = Math.max(0, nowMs - (this.#epoch - back + 0.5) * this.#bucketMs);
      found.push({ ageMs, total, failed, slow, slowFailed });
    }
    return found;
  }

  /** Starts again with `buckets` as they were `elapsedMs` ago; what is too old is left out. */
  restore(buckets: Iterable<TimeBucket>, elapsedMs: number, nowMs: number): void {
    this.clear();
    this.advance(nowMs);
    for (const { ageMs, total, failed, slow, slowFailed } of buckets) {
      const back = this.#epoch - Math.floor((nowMs - ageMs - elapsedMs) / this.#bucketMs);
      if (back < 0 || back >= this.#bucketCount) continue;
      this.#add(this.#placeOf(back), total, failed, slow, slowFailed);
    }
  }

  /** Where the bucket `back` before the head begins. */
  #placeOf(back: number): number {
    const length = this.#buckets.length;
    return (this.#headAt - back * FIELDS + length) % length;
  }

  #add(at: number, total: number, failed: number, slow: number, slowFailed: number): void {
    const buckets = this.#buckets;
    buckets[at] = (buckets[at] ?? 0) + total;
    buckets[at + 1] = (buckets[at + 1] ?? 0) + failed;
    buckets[at + 2] = (buckets[at + 2] ?? 0) + slow;
    buckets[at + 3] = (buckets[at + 3] ?? 0) + slowFailed;
    const counts = this.#counts;
    counts.total += total;
    counts.failed += failed;
    counts.slow += slow;
    counts.slowFailed += slowFailed;
  }

  #empty(at: number): void {
    const buckets = this.#buckets;
    const counts = this.#counts;
    if (buckets[at] === 0) return;
    counts.total -= buckets[at] ?? 0;
    counts.failed -= buckets[at + 1] ?? 0;
    counts.slow -= buckets[at + 2] ?? 0;
    counts.slowFailed -= buckets[at + 3] ?? 0;
    buckets.fill(0, at, at + FIELDS);
  }
}
