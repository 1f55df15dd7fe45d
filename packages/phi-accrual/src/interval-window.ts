import type { Arrival } from './arrival.ts';
import { ArrivalWindow, ticksPerMs } from './arrival-window.ts';

/** How intervals are learned. */
export interface IntervalWindowOptions {
  readonly intervalMs: number;
  readonly windowSize: number;
  readonly relearnAfter: number;
}

/** Longer than so many mean intervals, it was an outage. */
const OUTAGE_INTERVALS = 3;

/**
 * The times between heartbeats: what was lost in between is taken off, and outages are not learned.
 *
 * After some outages in a row, they are no outages: the peer is slower than it was, and its
 * intervals are learned anew.
 */
export class IntervalWindow {
  /** The mean interval. */
  meanMs = 0.5;
  /** The last interval without what was lost in it, at least 0. */
  sampleMs = 0.5;
  readonly #options: IntervalWindowOptions;
  /** Intervals as they differ from the one in the options. */
  readonly #window: ArrivalWindow;
  readonly #ticksPerMs: number;
  #outageCount = 0;

  constructor(options: IntervalWindowOptions) {
    this.#options = options;
    this.#window = new ArrivalWindow(options.windowSize);
    this.#ticksPerMs = ticksPerMs(options.intervalMs);
    this.meanMs = options.intervalMs;
  }

  /** How many intervals it holds. */
  get count(): number {
    return this.#window.count;
  }

  /**
   * Takes in a heartbeat.
   *
   * @returns Whether `sampleMs` was learned, was the first of a new start, or was not learned.
   */
  observe(arrival: Arrival): 'learned' | 'restarted' | 'ignored' {
    if (arrival.gap === 0 || !arrival.teaches) return 'ignored';
    this.sampleMs = Math.max(0, arrival.silenceMs - (arrival.gap - 1) * this.meanMs);
    const isOutage = this.sampleMs > OUTAGE_INTERVALS * this.meanMs;
    this.#outageCount = isOutage ? this.#outageCount + 1 : 0;
    if (isOutage && this.#outageCount < this.#options.relearnAfter) return 'ignored';
    if (isOutage) {
      this.sampleMs = arrival.silenceMs / arrival.gap;
      this.#window.clear();
    }
    this.#push();
    return isOutage ? 'restarted' : 'learned';
  }

  /** Forgets everything. */
  reset(): void {
    this.#window.clear();
    this.#outageCount = 0;
    this.meanMs = this.#options.intervalMs;
  }

  #push(): void {
    const { intervalMs } = this.#options;
    this.#outageCount = 0;
    this.#window.push(Math.round((this.sampleMs - intervalMs) * this.#ticksPerMs) + 0);
    const meanMs = intervalMs + this.#window.mean / this.#ticksPerMs;
    this.meanMs = Math.max(1 / this.#ticksPerMs, meanMs);
  }
}
