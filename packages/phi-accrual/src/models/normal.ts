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
  /** The deviation with its floors. */
  #deviationMs = 0.5;

  constructor(settings: NormalSettings) {
    this.#settings = settings;
    this.threshold = settings.threshold;
    this.#schedule = new Schedule(settings);
    this.#deviations = normalDeviations(settings.threshold);
    this.#measure();
  }

  observe(arrival: Arrival): void {
    this.#schedule.observe(arrival);
    this.#measure();
    arrival.suspectAtMs = this.#schedule.expectedAtMs + this.#schedule.marginMs;
  }

  suspicion(_arrival: Arrival, nowMs: number): number {
    const lateMs = nowMs - this.#schedule.expectedAtMs - this.#settings.acceptablePauseMs;
    return normalPhi(lateMs / this.#deviationMs);
  }

  estimate(): Omit<ArrivalEstimate, 'lastSequence' | 'lastArrivedAtMs'> {
    return {
      intervalMs: this.#schedule.intervalMs,
      expectedAtMs: this.#schedule.expectedAtMs,
      deviationMs: this.#deviationMs,
      marginMs: this.#schedule.marginMs,
      sampleCount: this.#schedule.sampleCount,
    };
  }

  reset(): void {
    this.#schedule.reset();
    this.#measure();
  }

  #measure(): void {
    const schedule = this.#schedule;
    const { acceptablePauseMs, minDeviationMs, minDeviationRatio } = this.#settings;
    const leastMs = Math.max(minDeviationMs, minDeviationRatio * schedule.intervalMs);
    this.#deviationMs = Math.max(leastMs, schedule.deviation.value);
    schedule.marginMs = acceptablePauseMs + this.#deviations * this.#deviationMs;
  }
}
