/*
 * A limit from the length of the queue at the service, as TCP Vegas estimates it.
 *
 * Little's law: of `limit` calls in flight, those that the service works on are `limit` times the
 * share of their time that is work. The shortest time ever seen is taken for the work alone, so
 *
 *     queue = limit * (1 - shortest / rtt)
 *
 * wait in line. A short line keeps the service busy, a long one only adds latency. With
 * L = max(1, floor(log10(limit))):
 *
 *     queue <= L        limit + 6 L       nobody waits: be bold
 *     queue <  3 L      limit + L
 *     queue <= 6 L      limit
 *     queue >  6 L      limit - L
 *     a drop            limit - L
 *
 * The shortest time must not be believed for ever: a service that has become slower would look
 * queued from then on, and the limit would fall to its minimum. So after about 30 * limit samples
 * the next one is taken for the shortest. Chance moves that moment, lest all callers of a service
 * ask the question at once.
 *
 * Sources: L. Brakmo and L. Peterson, "TCP Vegas", 1995; the VegasLimit of Netflix's
 * concurrency-limits for the constants. There the logarithm and the limit may be fractions; here
 * they are integers, and the decisions the same on every engine.
 */
import type { Random } from '@quorate/transport';

import {
  checkedLimitRange,
  clamped,
  type ConcurrencyLimit,
  isIdle,
  type LimitRange,
  type LimitSample,
} from './limit.ts';

/** Samples for each unit of the limit after which the shortest time is measured anew. */
const PROBE_SAMPLES = 30;

/** What `vegas` may be told. `maxLimit` is 1,000 if left out. */
export type VegasOptions = LimitRange;

/**
 * A limit that keeps a short queue at the service.
 *
 * @throws RangeError if an option is out of its range.
 */
export function vegas(options: VegasOptions = {}): ConcurrencyLimit {
  return new VegasLimit(options);
}

class VegasLimit implements ConcurrencyLimit {
  readonly #range: Required<LimitRange>;
  #limit: number;
  /** 0 as long as nothing was measured. */
  #shortestMs = 0;
  #samples = 0;
  /** In 0.5..1. */
  #probeFactor = 1;

  constructor(options: VegasOptions) {
    this.#range = checkedLimitRange(options, 1_000);
    this.#limit = this.#range.initialLimit;
  }

  get limit(): number {
    return this.#limit;
  }

  observe({ rttMs, inflight, wasDropped }: LimitSample, random: Random): void {
    if (wasDropped) {
      this.#change(-decimalScale(this.#limit));
      return;
    }
    // A coarse clock's 0 is no latency: taken for the shortest, every real one would look queued.
    if (!(rttMs > 0)) return;
    if (this.#isShortest(rttMs, random)) return;
    if (!isIdle(inflight, this.#limit)) this.#change(this.#step(rttMs));
  }

  /** Whether this sample is the new shortest time, and so tells nothing about a queue. */
  #isShortest(rttMs: number, random: Random): boolean {
    this.#samples += 1;
    const isProbe = this.#samples >= PROBE_SAMPLES * this.#limit * this.#probeFactor;
    if (isProbe) {
      this.#samples = 0;
      this.#probeFactor = 0.5 + random.float() / 2;
    }
    if (!isProbe && this.#shortestMs > 0 && rttMs >= this.#shortestMs) return false;
    this.#shortestMs = rttMs;
    return true;
  }

  #step(rttMs: number): number {
    const scale = decimalScale(this.#limit);
    const queue = Math.ceil(this.#limit * (1 - this.#shortestMs / rttMs));
    if (queue <= scale) return 6 * scale;
    if (queue < 3 * scale) return scale;
    return queue > 6 * scale ? -scale : 0;
  }

  #change(by: number): void {
    this.#limit = clamped(this.#limit + by, this.#range);
  }
}

/** max(1, floor(log10(limit))), without a logarithm. */
function decimalScale(limit: number): number {
  let scale = 0;
  for (let rest = limit; rest >= 10; rest = Math.floor(rest / 10)) scale += 1;
  return Math.max(1, scale);
}
