import { noArrival, type Arrival } from './arrival.ts';
import { checkNumber, show } from './bounds.ts';
import type { ArrivalEstimate, DetectorKind, FailureDetector } from './detector.ts';
import type { Judge } from './models/judge.ts';

/** Later, not even whole milliseconds can be told apart. */
const TIME_MS_MAX: number = 2 ** 53;

/** What all detectors have in common: heartbeats come in order, and a judge thinks about them. */
export class HeartbeatDetector implements FailureDetector {
  readonly kind: DetectorKind;
  readonly threshold: number;
  readonly #judge: Judge;
  #last: Arrival = noArrival();

  constructor(judge: Judge) {
    this.kind = judge.kind;
    this.threshold = judge.threshold;
    this.#judge = judge;
  }

  get suspectAtMs(): number {
    return this.#last.suspectAtMs;
  }

  heartbeat(sequence: number, arrivedAtMs: number): void {
    this.#check(sequence, arrivedAtMs);
    this.#last.teaches = true;
    this.#take(sequence, arrivedAtMs);
  }

  witness(sequence: number, arrivedAtMs: number): void {
    this.#check(sequence, arrivedAtMs);
    this.#last.teaches = false;
    this.#take(sequence, arrivedAtMs);
  }

  suspicion(nowMs: number): number {
    if (!Number.isFinite(nowMs)) {
      throw new RangeError(`nowMs: expected a finite number, got ${show(nowMs)}`);
    }
    const last = this.#last;
    if (last.sequence < 0) return 0;
    return this.#judge.suspicion(last, Math.max(Math.min(nowMs, TIME_MS_MAX), last.atMs));
  }

  estimate(): ArrivalEstimate | undefined {
    const last = this.#last;
    if (last.sequence < 0) return undefined;
    return {
      ...this.#judge.estimate(last),
      lastSequence: last.sequence,
      lastArrivedAtMs: last.atMs,
    };
  }

  reset(): void {
    this.#last = noArrival();
    this.#judge.reset();
  }

  #check(sequence: number, arrivedAtMs: number): void {
    const last = this.#last;
    if (!Number.isSafeInteger(sequence) || sequence <= last.sequence) {
      const least = last.sequence + 1;
      throw new RangeError(
        `sequence: expected a safe integer of at least ${least}, got ${show(sequence)}`,
      );
    }
    if (arrivedAtMs < last.atMs || !(Math.abs(arrivedAtMs) <= TIME_MS_MAX)) {
      const leastMs = last.sequence < 0 ? -TIME_MS_MAX : last.atMs;
      checkNumber('arrivedAtMs', arrivedAtMs, leastMs, TIME_MS_MAX);
    }
  }

  #take(sequence: number, arrivedAtMs: number): void {
    const last = this.#last;
    const isFirst = last.sequence < 0;
    last.isLate = arrivedAtMs >= last.suspectAtMs;
    last.gap = isFirst ? 0 : sequence - last.sequence;
    last.silenceMs = isFirst ? 0 : arrivedAtMs - last.atMs;
    last.sequence = sequence;
    last.atMs = arrivedAtMs;
    this.#judge.observe(last);
  }
}
