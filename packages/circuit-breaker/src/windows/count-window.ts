import type { CountedOutcome, OutcomeCounts } from '../outcome.ts';
import {
  bitsOf,
  type MutableCounts,
  outcomeOf,
  type OutcomeBits,
  type OutcomeWindow,
} from './outcome-window.ts';

/**
 * The last `size` outcomes: a ring of two bits each, and running totals.
 *
 * An outcome enters, the oldest leaves, and the totals follow both, so that a rate is never summed
 * up. It needs no clock. Without calls nothing ages: a failure of yesterday counts until `size`
 * others have come.
 */
export class CountWindow implements OutcomeWindow {
  readonly #counts: MutableCounts = { total: 0, failed: 0, slow: 0, slowFailed: 0 };
  readonly #ring: Uint8Array;
  #next = 0;

  /** @param size - How many outcomes it holds: an integer, at least 1. */
  constructor(size: number) {
    this.#ring = new Uint8Array(size);
  }

  /** How many outcomes it holds at most. */
  get size(): number {
    return this.#ring.length;
  }

  get counts(): OutcomeCounts {
    return this.#counts;
  }

  record(outcome: CountedOutcome): void {
    const counts = this.#counts;
    const ring = this.#ring;
    const at = this.#next;
    if (counts.total === ring.length) this.#forget(ring[at] ?? 0);
    const bits: OutcomeBits = bitsOf(outcome);
    ring[at] = bits;
    this.#next = at + 1 === ring.length ? 0 : at + 1;
    counts.total += 1;
    counts.failed += bits & 1;
    counts.slow += bits >> 1;
    if (bits === 3) counts.slowFailed += 1;
  }

  #forget(bits: number): void {
    const counts = this.#counts;
    counts.total -= 1;
    counts.failed -= bits & 1;
    counts.slow -= bits >> 1;
    if (bits === 3) counts.slowFailed -= 1;
  }

  /** Nothing here grows old by itself. */
  advance(): void {
    // Kept for the interface.
  }

  clear(): void {
    const counts = this.#counts;
    counts.total = 0;
    counts.failed = 0;
    counts.slow = 0;
    counts.slowFailed = 0;
    this.#next = 0;
  }

  /** Its outcomes, the oldest first. */
  outcomes(): readonly CountedOutcome[] {
    const size = this.#ring.length;
    const first = (this.#next - this.#counts.total + size) % size;
    return Array.from({ length: this.#counts.total }, (_, index) =>
      outcomeOf(this.#ring[(first + index) % size] ?? 0),
    );
  }

  /** Starts again with `outcomes`, the oldest first; the youngest stay if there are too many. */
  restore(outcomes: Iterable<CountedOutcome>): void {
    this.clear();
    for (const outcome of outcomes) this.record(outcome);
  }
}
