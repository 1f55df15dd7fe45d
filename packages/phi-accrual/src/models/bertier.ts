import type { Arrival } from '../arrival.ts';
import type { ArrivalEstimate } from '../detector.ts';
import { Schedule, type ScheduleOptions } from '../schedule.ts';
import type { Judge } from './judge.ts';

/** What Bertier's model needs, all of it. */
export interface BertierSettings extends ScheduleOptions {
  readonly beta: number;
  readonly phi: number;
  readonly gamma: number;
  readonly minMarginMs: number;
}

/**
 * Bertier's detector: Chen's expected arrival, and a margin that follows the errors of it as TCP's
 * timeout follows round trips.
 *
 *   error  = arrival - expected - delay
 *   delay += gamma error;    spread += gamma (|error| - spread)
 *   margin = beta delay + phi spread
 *
 * Its suspicion is the lateness in margins, so that the threshold is 1.
 */
export class BertierJudge implements Judge {
  readonly kind = 'bertier';
  readonly threshold = 1;
  readonly #settings: BertierSettings;
  readonly #schedule: Schedule;
  #delayMs = 0.5;
  #spreadMs = 0.5;

  constructor(settings: BertierSettings) {
    this.#settings = settings;
    this.#schedule = new Schedule(settings);
    this.reset();
  }

  observe(arrival: Arrival): void {
    this.#schedule.observe(arrival);
    if (this.#schedule.learned) this.#follow(arrival);
    arrival.suspectAtMs = this.#schedule.expectedAtMs + this.#schedule.marginMs;
  }

  suspicion(_arrival: Arrival, nowMs: number): number {
    return Math.max(0, nowMs - this.#schedule.expectedAtMs) / this.#schedule.marginMs;
  }

  estimate(): Omit<ArrivalEstimate, 'lastSequence' | 'lastArrivedAtMs'> {
    return {
      intervalMs: this.#schedule.intervalMs,
      expectedAtMs: this.#schedule.expectedAtMs,
      deviationMs: this.#spreadMs,
      marginMs: this.#schedule.marginMs,
      sampleCount: this.#schedule.sampleCount,
    };
  }

  reset(): void {
    this.#schedule.reset();
    this.#delayMs = 0;
    this.#spreadMs = this.#settings.priorDeviation * this.#settings.intervalMs;
    this.#setMargin();
  }

  #follow(arrival: Arrival): void {
    const { gamma } = this.#settings;
    const errorMs = arrival.errorMs - this.#delayMs;
    this.#delayMs += gamma * errorMs;
    this.#spreadMs += gamma * (Math.abs(errorMs) - this.#spreadMs);
    this.#setMargin();
  }

  #setMargin(): void {
    const { beta, phi, minMarginMs } = this.#settings;
    this.#schedule.marginMs = Math.max(minMarginMs, beta * this.#delayMs + phi * this.#spreadMs);
  }
}
