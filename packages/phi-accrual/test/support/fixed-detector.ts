import type { FailureDetector } from '../../src/detector.ts';

/** A time-out that keeps a list of what it was told. The suspicion is silence in time-outs. */
export class RecordingDetector implements FailureDetector {
  readonly kind = 'fixed';
  readonly threshold = 1;
  readonly timeoutMs: number;
  readonly told: (readonly ['heartbeat' | 'witness', number, number] | 'reset')[] = [];
  #lastMs = Infinity;

  constructor(timeoutMs: number) {
    this.timeoutMs = timeoutMs;
  }

  get suspectAtMs(): number {
    return this.#lastMs + this.timeoutMs;
  }

  heartbeat(sequence: number, arrivedAtMs: number): void {
    this.told.push(['heartbeat', sequence, arrivedAtMs]);
    this.#lastMs = arrivedAtMs;
  }

  witness(sequence: number, arrivedAtMs: number): void {
    this.told.push(['witness', sequence, arrivedAtMs]);
    this.#lastMs = arrivedAtMs;
  }

  suspicion(nowMs: number): number {
    return this.#lastMs === Infinity ? 0 : Math.max(0, nowMs - this.#lastMs) / this.timeoutMs;
  }

  estimate(): undefined {
    return undefined;
  }

  reset(): void {
    this.told.push('reset');
    this.#lastMs = Infinity;
  }
}
