import type { CountedOutcome, OutcomeCounts } from '../outcome.ts';
import type { MutableCounts, OutcomeWindow } from './outcome-window.ts';

/**
 * The failures since the last success: the oldest window of all, and the cheapest.
 *
 * It needs no minimum of calls, as a rate does. It is blind to a service that fails every second
 * call: one success wipes the slate.
 */
export class ConsecutiveFailures implements OutcomeWindow {
  readonly #counts: MutableCounts = { total: 0, failed: 0, slow: 0, slowFailed: 0 };

  /** The current run: `total` and `failed` are its length. */
  get counts(): OutcomeCounts {
    return this.#counts;
  }

  record(outcome: CountedOutcome): void {
    const counts = this.#counts;
    if (outcome === 'failure' || outcome === 'slowFailure') {
      counts.total += 1;
      counts.failed += 1;
      if (outcome === 'slowFailure') {
        counts.slow += 1;
        counts.slowFailed += 1;
      }
    } else if (counts.total > 0) {
      this.clear();
    }
  }

  /** Nothing here grows old: a run of failures ends with a success. */
  advance(): void {
    // Kept for the interface.
  }

  clear(): void {
    const counts = this.#counts;
    counts.total = 0;
    counts.failed = 0;
    counts.slow = 0;
    counts.slowFailed = 0;
  }

  /** Goes on from a run of `length` failures. */
  restore(length: number): void {
    this.clear();
    this.#counts.total = length;
    this.#counts.failed = length;
  }
}
