/**
 * The detectors that most clusters run, written down from what their sources do, so that they can
 * be compared in one process. They keep what those keep and compute what those compute, in plain
 * arrays.
 *
 * - Akka's `PhiAccrualFailureDetector`: the last 1,000 intervals with their sum and sum of squares,
 *   begun with two that were made up; phi by a logistic function in the place of the normal
 *   distribution; an interval that made phi pass the threshold is not kept.
 * - Cassandra's `FailureDetector`: the mean of the last 1,000 intervals, of which none above two
 *   intervals of gossip is kept; phi is the silence in means, divided by ln 10.
 */
import type { ArrivalEstimate, FailureDetector } from '@quorate/phi-accrual';

const WINDOW = 1_000;

/** The last intervals, and their sums. */
class Intervals {
  readonly #ring = new Float64Array(WINDOW);
  #next = 0;
  count = 0;
  sum = 0;
  squares = 0;

  push(ms: number): void {
    const old = this.#ring[this.#next] ?? 0;
    if (this.count < WINDOW) this.count += 1;
    this.sum += ms - old;
    this.squares += ms * ms - old * old;
    this.#ring[this.#next] = ms;
    this.#next = this.#next + 1 === WINDOW ? 0 : this.#next + 1;
  }

  clear(): void {
    this.#ring.fill(0);
    this.#next = 0;
    this.count = 0;
    this.sum = 0;
    this.squares = 0;
  }

  get mean(): number {
    return this.sum / this.count;
  }
}

/** A detector of others, driven as ours are. */
export interface OtherDetector extends FailureDetector {
  /** What it computes whenever it is asked. */
  phi(nowMs: number): number;
}

abstract class OfIntervals implements OtherDetector {
  abstract readonly kind: 'akka' | 'exponential';
  readonly threshold = 8;
  protected readonly intervals = new Intervals();
  protected lastMs = NaN;

  abstract phi(nowMs: number): number;
  abstract heartbeat(sequence: number, arrivedAtMs: number): void;
  abstract get suspectAtMs(): number;

  witness(sequence: number, arrivedAtMs: number): void {
    this.heartbeat(sequence, arrivedAtMs);
  }

  suspicion(nowMs: number): number {
    return this.phi(nowMs);
  }

  estimate(): ArrivalEstimate | undefined {
    return undefined;
  }

  reset(): void {
    this.intervals.clear();
    this.lastMs = NaN;
  }
}

/** The defaults of a cluster of Akka: a heartbeat a second, threshold 8, a pause of 3 seconds. */
export class AkkaDetector extends OfIntervals {
  readonly kind = 'akka';
  readonly #firstMs: number;
  readonly #pauseMs: number;
  readonly #minDeviationMs: number;
  /** phi is the threshold after so many deviations. */
  readonly #deviations: number;

  constructor({ firstMs = 1_000, pauseMs = 3_000, minDeviationMs = 100 } = {}) {
    super();
    this.#firstMs = firstMs;
    this.#pauseMs = pauseMs;
    this.#minDeviationMs = minDeviationMs;
    this.#deviations = deviationsOf(this.threshold);
  }

  heartbeat(_sequence: number, arrivedAtMs: number): void {
    if (Number.isNaN(this.lastMs)) {
      this.intervals.push(0.75 * this.#firstMs);
      this.intervals.push(1.25 * this.#firstMs);
    } else if (this.phi(arrivedAtMs) < this.threshold) {
      this.intervals.push(arrivedAtMs - this.lastMs);
    }
    this.lastMs = arrivedAtMs;
  }

  phi(nowMs: number): number {
    if (Number.isNaN(this.lastMs)) return 0;
    const y = (nowMs - this.lastMs - this.intervals.mean - this.#pauseMs) / this.#deviationMs();
    const e = Math.exp(-y * (1.5976 + 0.070566 * y * y));
    return y > 0 ? -Math.log10(e / (1 + e)) : -Math.log10(1 - 1 / (1 + e));
  }

  get suspectAtMs(): number {
    if (Number.isNaN(this.lastMs)) return Infinity;
    const toleratedMs = this.#pauseMs + this.#deviations * this.#deviationMs();
    return this.lastMs + this.intervals.mean + toleratedMs;
  }

  #deviationMs(): number {
    const { count, squares, mean } = this.intervals;
    return Math.max(this.#minDeviationMs, Math.sqrt(Math.max(0, squares / count - mean * mean)));
  }
}

/** The deviations at which the logistic function gives phi, by bisection. */
function deviationsOf(phi: number): number {
  let [low, high] = [0, 100];
  for (let step = 0; step < 60; step += 1) {
    const y = (low + high) / 2;
    const reached = Math.log1p(Math.exp(y * (1.5976 + 0.070566 * y * y))) / Math.LN10;
    if (reached < phi) low = y;
    else high = y;
  }
  return high;
}

/** The defaults of Cassandra: gossip once a second, threshold 8. */
export class CassandraDetector extends OfIntervals {
  readonly kind = 'exponential';
  readonly #mostMs: number;

  constructor(gossipMs = 1_000) {
    super();
    this.#mostMs = 2 * gossipMs;
  }

  heartbeat(_sequence: number, arrivedAtMs: number): void {
    const intervalMs = Number.isNaN(this.lastMs) ? this.#mostMs : arrivedAtMs - this.lastMs;
    if (intervalMs <= this.#mostMs) this.intervals.push(intervalMs);
    this.lastMs = arrivedAtMs;
  }

  phi(nowMs: number): number {
    if (Number.isNaN(this.lastMs)) return 0;
    return (nowMs - this.lastMs) / this.intervals.mean / Math.LN10;
  }

  get suspectAtMs(): number {
    return Number.isNaN(this.lastMs)
      ? Infinity
      : this.lastMs + this.threshold * Math.LN10 * this.intervals.mean;
  }
}
