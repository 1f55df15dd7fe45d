import type { Arrival } from './arrival.ts';

/** A peer that loses more than this of what it sends is not worth waiting for. */
const STRIDE_MAX = 100;

/**
 * How many numbers ahead of the last heartbeat the next one is expected to be.
 *
 * A peer of whose heartbeats most are lost is on schedule, and late every time. After some late
 * ones in a row, as many losses are expected as there were at least, until one comes sooner.
 */
export class Stride {
  /** At least 1. */
  value: number;
  readonly #least: number;
  readonly #relearnAfter: number;
  #lateCount = 0;
  #lateGapMin = 0;

  constructor(toleratedLosses: number, relearnAfter: number) {
    this.#least = 1 + toleratedLosses;
    this.#relearnAfter = relearnAfter;
    this.value = this.#least;
  }

  /** Takes in a heartbeat that is not the first. */
  push({ gap, isLate, teaches }: Arrival): void {
    if (gap < this.value) this.value = Math.max(this.#least, gap);
    if (!isLate || !teaches) {
      this.#lateCount = 0;
      return;
    }
    this.#lateGapMin = this.#lateCount === 0 ? gap : Math.min(this.#lateGapMin, gap);
    this.#lateCount += 1;
    if (this.#lateCount < this.#relearnAfter) return;
    this.value = Math.max(this.value, Math.min(STRIDE_MAX, this.#lateGapMin));
    this.#lateCount = 0;
  }

  /** Forgets the losses. */
  reset(): void {
    this.value = this.#least;
    this.#lateCount = 0;
  }
}
