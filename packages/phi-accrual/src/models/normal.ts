import type { Arrival } from '../arrival.ts';
import type { ArrivalEstimate } from '../detector.ts';
import { Schedule, type ScheduleOptions } from '../schedule.ts';
import { normalDeviations, normalPhi } from '../tails/normal.ts';
import type { Judge } from './judge.ts';

/** What the normal model needs, all of it. */
export interface NormalSettings extends ScheduleOptions {
  readonly threshold: number;
  readonly acceptablePauseMs: number;
  readonly minDeviationMs: number;
  readonly minDeviationRatio: number;
}

/** Judges how far a heartbeat is behind its schedule by the tail of a normal distribution. */
export class NormalJudge implements Judge {
  readonly kind = 'normal';
  readonly threshold: number;
  readonly #settings: NormalSettings;
  readonly #schedule: Schedule;
  /** phi is `threshold` after so many deviations. */
  readonly #deviations: number;
  #marginMs: number;

  constructor(settings: NormalSettings) {
    this.#settings = settings;
    this.threshold = settings.threshold;
    this.#schedule = new Schedule(settings);
    this.#deviations = normalDeviations(settings.threshold);
    this.#marginMs = this.#margin();
  }

  observe(arrival: Arrival): void {
    this.#schedule.observe(arrival, this.#marginMs);
    this.#marginMs = this.#margin();
    arrival.suspectAtMs = this.#schedule.expectedAtMs + this.#marginMs;
  }

  suspicion(_arrival: Arrival, nowMs: number): number {
    const lateMs = nowMs - this.#schedule.expectedAtMs - this.#settings.acceptablePauseMs;
    return normalPhi(lateMs / this.#deviationMs());
  }

  estimate(): Omit<ArrivalEstimate, 'lastSequence' | 'lastArrivedAtMs'> {
    return {
      intervalMs: this.#schedule.intervalMs,
      expectedAtMs: this.#schedule.expectedAtMs,
      deviationMs: this.#deviationMs(),
      marginMs: this.#marginMs,
      sampleCount: this.#schedule.sampleCount,
    };
  }

  reset(): void {
    this.#schedule.reset();
    this.#marginMs = this.#margin();
  }

  #margin(): number {
    return this.#settings.acceptablePauseMs + this.#deviations * this.#deviationMs();
  }

  #deviationMs(): number {
    const { minDeviationMs, minDeviationRatio } = this.#settings;
    const leastMs = Math.max(minDeviationMs, minDeviationRatio * this.#schedule.intervalMs);
    return Math.max(leastMs, this.#schedule.deviationMs);
  }
}
