import type { Arrival } from '../arrival.ts';
import { ArrivalWindow, ticksPerMs } from '../arrival-window.ts';
import type { ArrivalEstimate } from '../detector.ts';
import { akkaDeviations, akkaPhi } from '../tails/akka.ts';
import type { Judge } from './judge.ts';

/** What Akka's detector needs, all of it. */
export interface AkkaSettings {
  readonly intervalMs: number;
  readonly windowSize: number;
  readonly threshold: number;
  readonly acceptablePauseMs: number;
  readonly minDeviationMs: number;
}

/**
 * Akka's detector, value for value: inter-arrival times in a window, normal by the logistic
 * approximation.
 *
 * As there, the first heartbeat brings two samples, the interval a quarter up and down; a heartbeat
 * that ends a suspicion is not learned, whatever follows; and numbers play no part: a lost
 * heartbeat is a long interval.
 */
export class AkkaJudge implements Judge {
  readonly kind = 'akka';
  readonly threshold: number;
  readonly #settings: AkkaSettings;
  /** The deviations of intervals from the one in the settings. */
  readonly #window: ArrivalWindow;
  readonly #deviations: number;
  readonly #ticksPerMs: number;
  /** The mean interval and the pause. */
  #meanMs = 0.5;
  #deviationMs = 0.5;

  constructor(settings: AkkaSettings) {
    this.#settings = settings;
    this.threshold = settings.threshold;
    this.#ticksPerMs = ticksPerMs(settings.intervalMs);
    this.#window = new ArrivalWindow(settings.windowSize);
    this.#deviations = akkaDeviations(settings.threshold);
  }

  observe(arrival: Arrival): void {
    const { intervalMs, acceptablePauseMs, minDeviationMs } = this.#settings;
    if (arrival.gap === 0) {
      this.#window.push(-Math.round((intervalMs / 4) * this.#ticksPerMs));
      this.#window.push(Math.round((intervalMs / 4) * this.#ticksPerMs));
    } else if (arrival.teaches && !arrival.isLate) {
      const ticks = (arrival.silenceMs - intervalMs) * this.#ticksPerMs;
      this.#window.push(Math.round(ticks) + 0);
    }
    this.#meanMs = intervalMs + this.#window.mean / this.#ticksPerMs + acceptablePauseMs;
    const deviationMs = Math.sqrt(this.#window.variance) / this.#ticksPerMs;
    this.#deviationMs = Math.max(deviationMs, minDeviationMs);
    arrival.suspectAtMs = arrival.atMs + this.#meanMs + this.#deviations * this.#deviationMs;
  }

  suspicion(arrival: Arrival, nowMs: number): number {
    return akkaPhi((nowMs - arrival.atMs - this.#meanMs) / this.#deviationMs);
  }

  estimate(arrival: Arrival): Omit<ArrivalEstimate, 'lastSequence' | 'lastArrivedAtMs'> {
    const intervalMs = this.#meanMs - this.#settings.acceptablePauseMs;
    return {
      intervalMs,
      expectedAtMs: arrival.atMs + intervalMs,
      deviationMs: this.#deviationMs,
      marginMs: this.#settings.acceptablePauseMs + this.#deviations * this.#deviationMs,
      sampleCount: this.#window.count,
    };
  }

  reset(): void {
    this.#window.clear();
  }
}
