import type { Arrival } from '../arrival.ts';
import type { ArrivalEstimate } from '../detector.ts';
import { IntervalWindow, type IntervalWindowOptions } from '../interval-window.ts';
import { RankedBins } from '../ranked-bins.ts';
import type { Judge } from './judge.ts';

/** What the histogram model needs, all of it. */
export interface HistogramSettings extends IntervalWindowOptions {
  readonly threshold: number;
  readonly alpha: number;
}

/** The histogram goes to 16 intervals, in steps of a 64th. */
const BINS_PER_INTERVAL = 64;
const BIN_COUNT = 1_024;

/** Before there are data: intervals of so many 64ths. They leave the window as others come. */
const PRIOR_BINS: readonly number[] = [48, 64, 80, 96];

/**
 * Satzger's detector: the suspicion is the share of remembered intervals that are shorter than the
 * silence, each stretched by alpha.
 *
 * It assumes no distribution, and so knows nothing beyond the longest interval it saw; alpha is
 * what lets it wait longer than ever before.
 */
export class HistogramJudge implements Judge {
  readonly kind = 'histogram';
  readonly threshold: number;
  readonly #alpha: number;
  readonly #intervals: IntervalWindow;
  readonly #bins: RankedBins;
  #binMs = 0.5;

  constructor(settings: HistogramSettings) {
    this.threshold = settings.threshold;
    this.#alpha = settings.alpha;
    this.#intervals = new IntervalWindow(settings);
    this.#bins = new RankedBins(BIN_COUNT, settings.windowSize, settings.threshold);
    this.#begin();
  }

  observe(arrival: Arrival): void {
    const lesson = this.#intervals.observe(arrival);
    if (lesson === 'restarted') this.#begin();
    if (lesson === 'learned') this.#bins.push(Math.floor(this.#intervals.sampleMs / this.#binMs));
    const bins = this.#bins.quantile() + 1;
    arrival.suspectAtMs = arrival.atMs + this.#alpha * this.#binMs * bins;
  }

  suspicion(arrival: Arrival, nowMs: number): number {
    const bins = (nowMs - arrival.atMs) / this.#alpha / this.#binMs;
    return this.#bins.shareBelow(Math.floor(bins + 1e-9));
  }

  estimate(arrival: Arrival): Omit<ArrivalEstimate, 'lastSequence' | 'lastArrivedAtMs'> {
    const { meanMs } = this.#intervals;
    return {
      intervalMs: meanMs,
      expectedAtMs: arrival.atMs + meanMs,
      deviationMs: 0,
      marginMs: this.#alpha * this.#binMs * (this.#bins.quantile() + 1) - meanMs,
      sampleCount: this.#bins.count,
    };
  }

  reset(): void {
    this.#intervals.reset();
    this.#begin();
  }

  #begin(): void {
    this.#bins.clear();
    this.#binMs = this.#intervals.meanMs / BINS_PER_INTERVAL;
    for (const bin of PRIOR_BINS) this.#bins.push(bin);
  }
}
