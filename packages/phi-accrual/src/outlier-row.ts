import type { Arrival } from './arrival.ts';

/** A change of the interval by less than this share is a shift of the schedule and some noise. */
const CHANGE_MIN = 1 / 16;

/** The steps of a row may differ by this share of the change that they show. */
const NOISE_MAX = 1 / 4;

/**
 * Heartbeats in a row that were all off the schedule on the same side.
 *
 * A backlog that is delivered at once is no such row, although all of it is late: each heartbeat is
 * less late than the one before, and who catches up has not changed.
 */
export class OutlierRow {
  /** How many heartbeats it has. */
  count = 0;
  #side = 0;
  #sequence = 0;
  #firstMs = 0.5;
  #latenessMs = 0.5;
  #stepMs = 0.5;
  #stepMsMin = 0.5;
  #stepMsMax = 0.5;

  /** Takes in a heartbeat that is off the schedule by its `latenessMs`. */
  push(arrival: Arrival, intervalMs: number): void {
    const { latenessMs } = arrival;
    const side = latenessMs < 0 ? -1 : 1;
    const returned = side * (this.#latenessMs - latenessMs);
    this.#latenessMs = latenessMs;
    if (this.count === 0 || side !== this.#side || returned > CHANGE_MIN * intervalMs) {
      this.count = 1;
      this.#side = side;
      this.#sequence = arrival.sequence;
      this.#firstMs = arrival.atMs;
      this.#stepMsMin = Infinity;
      this.#stepMsMax = -Infinity;
      return;
    }
    const stepMs = arrival.silenceMs / arrival.gap;
    this.count += 1;
    this.#stepMsMin = Math.min(this.#stepMsMin, stepMs);
    this.#stepMsMax = Math.max(this.#stepMsMax, stepMs);
    this.#stepMs = (arrival.atMs - this.#firstMs) / (arrival.sequence - this.#sequence);
  }

  /**
   * The interval that the row shows: another than `intervalMs` only if every step shows it alike.
   * Mere noise does not.
   */
  intervalMs(intervalMs: number): number {
    const change = Math.abs(this.#stepMs - intervalMs);
    const isNoise = this.#stepMsMax - this.#stepMsMin > NOISE_MAX * change;
    return isNoise || change <= CHANGE_MIN * intervalMs ? intervalMs : this.#stepMs;
  }
}
