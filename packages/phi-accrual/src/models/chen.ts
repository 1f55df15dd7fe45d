import type { Arrival } from '../arrival.ts';
import type { ArrivalEstimate } from '../detector.ts';
import { Schedule, type ScheduleOptions } from '../schedule.ts';
import type { Judge } from './judge.ts';

/** What the models with a constant margin need, all of it. */
export interface ChenSettings extends ScheduleOptions {
  readonly marginMs: number;
}

/**
 * Judges by the time a heartbeat is behind its schedule: `chen` by the long window of the schedule,
 * `two-window` by the later of both.
 */
export class ChenJudge implements Judge {
  readonly kind: 'chen' | 'two-window';
  readonly threshold: number;
  readonly #schedule: Schedule;

  constructor(kind: 'chen' | 'two-window', settings: ChenSettings) {
    this.kind = kind;
    this.threshold = settings.marginMs;
    this.#schedule = new Schedule(settings);
    this.#schedule.marginMs = settings.marginMs;
  }

  observe(arrival: Arrival): void {
    this.#schedule.observe(arrival);
    arrival.suspectAtMs = this.#schedule.expectedAtMs + this.threshold;
  }

  suspicion(_arrival: Arrival, nowMs: number): number {
    return Math.max(0, nowMs - this.#schedule.expectedAtMs);
  }

  estimate(): Omit<ArrivalEstimate, 'lastSequence' | 'lastArrivedAtMs'> {
    return {
      intervalMs: this.#schedule.intervalMs,
      expectedAtMs: this.#schedule.expectedAtMs,
      deviationMs: 0,
      marginMs: this.threshold,
      sampleCount: this.#schedule.sampleCount,
    };
  }

  reset(): void {
    this.#schedule.reset();
  }
}
