/*
 * Additive increase, multiplicative decrease: how TCP shares a link, for calls.
 *
 * One more for each sample that went well while at least half of the limit was in use, a tenth less
 * for each that was dropped or took too long. Callers that share a service without knowing of each
 * other come to equal shares: whoever has more loses more in a decrease, and all gain the same.
 *
 * It learns only from drops, so that it fills the service's queue before it steps back; where
 * latency matters, `vegas` and `gradient2` step back when the queue begins.
 *
 * Sources: D. Chiu and R. Jain, "Analysis of the increase and decrease algorithms for congestion
 * avoidance", 1989; the AIMDLimit of Netflix's concurrency-limits for the constants.
 */
import { checkNumber, DELAY_MS_MAX } from '../bounds.ts';
import {
  checkedLimitRange,
  clamped,
  type ConcurrencyLimit,
  isIdle,
  type LimitRange,
  type LimitSample,
} from './limit.ts';

/** What `aimd` may be told. `maxLimit` is 200 if left out. */
export interface AimdOptions extends LimitRange {
  /** What the limit is multiplied by after a drop, 0.1..0.99. 0.9 if left out. */
  readonly decrease?: number;
  /** A sample that took longer is a drop, in milliseconds, above 0. 5,000 if left out. */
  readonly slowMs?: number;
}

/**
 * A limit that rises by one and falls by a tenth.
 *
 * @throws RangeError if an option is out of its range.
 */
export function aimd(options: AimdOptions = {}): ConcurrencyLimit {
  return new AimdLimit(options);
}

class AimdLimit implements ConcurrencyLimit {
  readonly #range: Required<LimitRange>;
  readonly #decrease: number;
  readonly #slowMs: number;
  #limit: number;

  constructor(options: AimdOptions) {
    this.#range = checkedLimitRange(options, 200);
    const { decrease = 0.9, slowMs = 5_000 } = options;
    checkNumber('decrease', decrease, 0.1, 0.99);
    checkNumber('slowMs', slowMs, Number.MIN_VALUE, DELAY_MS_MAX);
    this.#decrease = decrease;
    this.#slowMs = slowMs;
    this.#limit = this.#range.initialLimit;
  }

  get limit(): number {
    return this.#limit;
  }

  observe({ rttMs, inflight, wasDropped }: LimitSample): void {
    if (wasDropped || rttMs > this.#slowMs) {
      this.#limit = clamped(Math.floor(this.#limit * this.#decrease), this.#range);
    } else if (!isIdle(inflight, this.#limit)) {
      this.#limit = clamped(this.#limit + 1, this.#range);
    }
  }
}
