/** Upper bounds in seconds, from a fast local write to a client's patience. */
export const secondsBounds: readonly number[] = [
  0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5,
];

/** A distribution in fixed buckets, as Prometheus computes quantiles from. Never allocates. */
export class Histogram {
  /** Upper bounds, included, rising; one more bucket takes the rest. */
  readonly bounds: readonly number[];
  readonly #bounds: Float64Array;
  readonly #counts: Float64Array;
  #sum = 0;

  constructor(bounds: readonly number[] = secondsBounds) {
    this.bounds = bounds;
    this.#bounds = Float64Array.from(bounds);
    this.#counts = new Float64Array(bounds.length + 1);
  }

  /** Counts one value. O(buckets). */
  observe(value: number): void {
    const bounds = this.#bounds;
    let bucket = 0;
    while (bucket < bounds.length && value > (bounds[bucket] ?? 0)) bucket += 1;
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#sum += value;
  }

  /** How many values were counted. */
  get count(): number {
    return this.#counts.reduce((left, right) => left + right, 0);
  }

  /** Their sum. */
  get sum(): number {
    return this.#sum;
  }

  /** How many values are at or below each bound, and at last all of them. */
  cumulative(): readonly number[] {
    let seen = 0;
    return Array.from(this.#counts, (count) => (seen += count));
  }
}
