/**
 * Counts durations in buckets whose bounds grow by the same factor, so that every percentile has
 * the same relative error whether it is microseconds or seconds, in constant memory.
 */

const bucketsPerOctave = 16;
const smallestMs = 0.001;
/** The last bucket starts above 100 minutes and takes everything longer. */
const bucketCount = 33 * bucketsPerOctave;

/** Durations, and their percentiles to within 4.5 % (one bucket). 4 KiB each. */
export class LatencyHistogram {
  readonly #counts = new Float64Array(bucketCount);
  #count = 0;
  #sumMs = 0;
  #maxMs = 0;

  /** How many durations were recorded. */
  get count(): number {
    return this.#count;
  }

  /** Their sum, in milliseconds. */
  get sumMs(): number {
    return this.#sumMs;
  }

  /** The longest, in milliseconds; 0 if there is none. */
  get maxMs(): number {
    return this.#maxMs;
  }

  /**
   * Counts one duration. O(1).
   *
   * @throws RangeError if `durationMs` is negative or not finite.
   */
  record(durationMs: number): void {
    if (!(durationMs >= 0 && Number.isFinite(durationMs))) {
      throw new RangeError(`durationMs: expected a finite number >= 0, got ${durationMs}`);
    }
    const octaves = Math.log2(Math.max(durationMs, smallestMs) / smallestMs);
    const bucket = Math.min(bucketCount - 1, Math.ceil(octaves * bucketsPerOctave));
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#count += 1;
    this.#sumMs += durationMs;
    this.#maxMs = Math.max(this.#maxMs, durationMs);
  }

  /**
   * The duration that a share of `quantile` of all stay at or below, in milliseconds: the upper
   * bound of its bucket, at most the longest recorded. 0 if none was recorded.
   *
   * @param quantile - 0..1; 0.99 is the 99th percentile.
   * @throws RangeError if `quantile` is out of range.
   */
  quantileMs(quantile: number): number {
    if (!(quantile >= 0 && quantile <= 1)) {
      throw new RangeError(`quantile: expected 0..1, got ${quantile}`);
    }
    const rank = Math.max(1, Math.ceil(quantile * this.#count));
    let seen = 0;
    for (const [bucket, count] of this.#counts.entries()) {
      seen += count;
      if (seen < rank) continue;
      return Math.min(this.#maxMs, smallestMs * 2 ** (bucket / bucketsPerOctave));
    }
    return this.#maxMs;
  }

  /** Every bucket with something in it: its upper bound in milliseconds, and how many. */
  buckets(): readonly (readonly [upToMs: number, count: number])[] {
    return [...this.#counts].flatMap((count, bucket) =>
      count === 0 ? [] : [[smallestMs * 2 ** (bucket / bucketsPerOctave), count] as const],
    );
  }

  /** Forgets everything. */
  reset(): void {
    this.#counts.fill(0);
    this.#count = 0;
    this.#sumMs = 0;
    this.#maxMs = 0;
  }
}
