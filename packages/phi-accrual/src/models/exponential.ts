import type { Arrival } from '../arrival.ts';
import type { ArrivalEstimate } from '../detector.ts';
import { IntervalWindow, type IntervalWindowOptions } from '../interval-window.ts';
import type { Judge } from './judge.ts';

/** What the exponential model needs, all of it. */
export interface ExponentialSettings extends IntervalWindowOptions {
  readonly threshold: number;
}

/**
 * Cassandra's detector: intervals are exponential, so that phi is the silence in mean intervals
 * over ln 10.
 *
 * The variance plays no part: a threshold of 8 is a timeout of 18.4 mean intervals.
 */
export class ExponentialJudge implements Judge {
  readonly kind = 'exponential';
  readonly threshold: number;
  readonly #intervals: IntervalWindow;

  constructor(settings: ExponentialSettings) {
    this.threshold = settings.threshold;
    this.#intervals = new IntervalWindow(settings);
  }

  observe(arrival: Arrival): void {
    this.#intervals.observe(arrival);
    arrival.suspectAtMs = arrival.atMs + this.threshold * Math.LN10 * this.#intervals.meanMs;
  }

  suspicion(arrival: Arrival, nowMs: number): number {
    return (nowMs - arrival.atMs) / this.#intervals.meanMs / Math.LN10;
  }

  estimate(arrival: Arrival): Omit<ArrivalEstimate, 'lastSequence' | 'lastArrivedAtMs'> {
    const { meanMs, count } = this.#intervals;
    return {
      intervalMs: meanMs,
      expectedAtMs: arrival.atMs + meanMs,
      deviationMs: meanMs,
      marginMs: this.threshold * Math.LN10 * meanMs - meanMs,
      sampleCount: count,
    };
  }

  reset(): void {
    this.#intervals.reset();
  }
}
