import type { Arrival } from '../arrival.ts';
import type { ArrivalEstimate } from '../detector.ts';
import type { Judge } from './judge.ts';

/** What a timeout needs. */
export interface FixedSettings {
  readonly intervalMs: number;
  readonly timeoutMs: number;
}

/** Judges by the silence alone. */
export class FixedJudge implements Judge {
  readonly kind = 'fixed';
  readonly threshold: number;
  readonly #intervalMs: number;

  constructor({ intervalMs, timeoutMs }: FixedSettings) {
    this.threshold = timeoutMs;
    this.#intervalMs = intervalMs;
  }

  observe(arrival: Arrival): void {
    arrival.suspectAtMs = arrival.atMs + this.threshold;
  }

  suspicion(arrival: Arrival, nowMs: number): number {
    return nowMs - arrival.atMs;
  }

  estimate(arrival: Arrival): Omit<ArrivalEstimate, 'lastSequence' | 'lastArrivedAtMs'> {
    return {
      intervalMs: this.#intervalMs,
      expectedAtMs: arrival.atMs + this.#intervalMs,
      deviationMs: 0,
      marginMs: this.threshold - this.#intervalMs,
      sampleCount: 0,
    };
  }

  reset(): void {
    // Nothing was learned.
  }
}
