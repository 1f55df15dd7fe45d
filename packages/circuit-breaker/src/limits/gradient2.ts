/*
 * A limit from the trend of the latency, without a belief in a shortest one.
 *
 * Vegas compares with the best time ever seen, which a service whose calls differ does not have.
 * Gradient compares the time now with its long average:
 *
 *     gradient = clamp(tolerance * long / now, 0.5, 1)
 *     limit'   = limit * gradient + queue
 *
 * As long as the time stays within `tolerance` of the average, the gradient is 1 and the limit
 * grows by the queue that is allowed for. When it rises, the limit shrinks, to half of itself at
 * most. The new limit is approached by a fifth at a time, so that one slow answer does little.
 *
 * A long overload drags the average up, and the limit would follow. Once the average is more than
 * twice the time now, the overload is over: the average is drawn down by a twentieth per sample.
 *
 * Source: the Gradient2Limit of Netflix's concurrency-limits. There a drop goes unnoticed unless it
 * was slow; here it counts as the steepest gradient without a queue, so a tenth less.
 */
import { checkInteger, checkNumber } from '../bounds.ts';
import {
  checkedLimitRange,
  clamped,
  type ConcurrencyLimit,
  isIdle,
  type LimitRange,
  type LimitSample,
} from './limit.ts';

/** Samples whose plain average starts the long one. */
const WARM_UP_SAMPLES = 10;

/** What `gradient2` may be told. `maxLimit` is 200 if left out. */
export interface Gradient2Options extends LimitRange {
  /** How much longer than the average is still no queue, 1..10. 1.5 if left out. */
  readonly tolerance?: number;
  /** Calls that may wait at the service, 0..10^6: what the limit grows by. 4 if left out. */
  readonly queue?: number;
  /** How far one sample moves the limit to its target, 0.01..1. 0.2 if left out. */
  readonly smoothing?: number;
  /** Samples that the long average is made of, 10..10^6. 600 if left out. */
  readonly longWindow?: number;
}

/**
 * A limit that shrinks when latency rises above its long average.
 *
 * @throws RangeError if an option is out of its range.
 */
export function gradient2(options: Gradient2Options = {}): ConcurrencyLimit {
  return new Gradient2Limit(options);
}

class Gradient2Limit implements ConcurrencyLimit {
  readonly #range: Required<LimitRange>;
  readonly #tolerance: number;
  readonly #queue: number;
  readonly #smoothing: number;
  readonly #long: LongAverage;
  /** With its fraction, which small steps add up in. */
  #estimate: number;

  constructor(options: Gradient2Options) {
    this.#range = checkedLimitRange(options, 200);
    const { tolerance = 1.5, queue = 4, smoothing = 0.2, longWindow = 600 } = options;
    checkNumber('tolerance', tolerance, 1, 10);
    checkInteger('queue', queue, 0, 1_000_000);
    checkNumber('smoothing', smoothing, 0.01, 1);
    checkInteger('longWindow', longWindow, 10, 1_000_000);
    this.#tolerance = tolerance;
    this.#queue = queue;
    this.#smoothing = smoothing;
    this.#long = new LongAverage(longWindow);
    this.#estimate = this.#range.initialLimit;
  }

  get limit(): number {
    return Math.floor(this.#estimate);
  }

  observe({ rttMs, inflight, wasDropped }: LimitSample): void {
    if (wasDropped) {
      this.#approach(this.#estimate / 2);
      return;
    }
    // A coarse clock's 0 would draw the average to 0, and every real time far above it.
    if (!(rttMs > 0)) return;
    const longMs = this.#long.add(rttMs);
    if (isIdle(inflight, this.#estimate)) return;
    const gradient = Math.min(1, Math.max(0.5, (this.#tolerance * longMs) / rttMs));
    this.#approach(this.#estimate * gradient + this.#queue);
  }

  #approach(target: number): void {
    const next = this.#estimate * (1 - this.#smoothing) + target * this.#smoothing;
    this.#estimate = clamped(next, this.#range);
  }
}

/** An exponential average that starts as a plain one. */
class LongAverage {
  readonly #weight: number;
  #count = 0;
  #valueMs = 0;

  constructor(windowSamples: number) {
    this.#weight = 2 / (windowSamples + 1);
  }

  /** Takes in a sample, and returns the average that it is compared with. */
  add(rttMs: number): number {
    this.#count = Math.min(WARM_UP_SAMPLES, this.#count + 1);
    const weight = this.#count < WARM_UP_SAMPLES ? 1 / this.#count : this.#weight;
    this.#valueMs += (rttMs - this.#valueMs) * weight;
    if (this.#valueMs > 2 * rttMs) this.#valueMs *= 0.95;
    return this.#valueMs;
  }
}
