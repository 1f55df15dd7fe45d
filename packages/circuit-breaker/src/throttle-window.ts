import type { ThrottleCounts } from './throttle-probability.ts';

/** Slices of a window: it forgets in steps of 1/24 of its length. */
const SLICES = 24;

/**
 * Requests and accepts over the last `windowMs`.
 *
 * An accept belongs to the slice of its request, not to the one in which it came: a call that took
 * long would otherwise be an accept without a request, and the share accepted above one.
 *
 * @remarks
 * All in O(1), except for the first call after a silence: O(slices). Time that steps back stands
 * still here.
 */
export class ThrottleWindow implements ThrottleCounts {
  readonly #sliceMs: number;
  readonly #requests = new Float64Array(SLICES);
  readonly #accepts = new Float64Array(SLICES);
  /** The number of the slice that is filled now, counted from the epoch of the clock. */
  #slice: number | undefined;
  #requestCount = 0;
  #acceptCount = 0;

  /** @param windowMs - Above 0. */
  constructor(windowMs: number) {
    this.#sliceMs = windowMs / SLICES;
  }

  get requestCount(): number {
    return this.#requestCount;
  }

  get acceptCount(): number {
    return this.#acceptCount;
  }

  /** Moves the window to `nowMs`, and forgets what lies before it. */
  advance(nowMs: number): void {
    const target = Math.floor(nowMs / this.#sliceMs);
    const from = this.#slice ?? target;
    this.#slice = Math.max(from, target);
    // After a silence longer than the window, the slices passed over are all of them.
    const passed = Math.min(SLICES, this.#slice - from);
    for (let step = 1; step <= passed; step += 1) this.#clear(from + step);
  }

  /** Counts a request, and names the slice that it falls into. `advance` was called before. */
  request(): number {
    const slice = this.#slice ?? 0;
    this.#add(this.#requests, slice, 1);
    this.#requestCount += 1;
    return slice;
  }

  /** Counts that the request of `slice` was accepted, if the window still knows it. */
  accept(slice: number): void {
    if (!this.#holds(slice)) return;
    this.#add(this.#accepts, slice, 1);
    this.#acceptCount += 1;
  }

  /** Takes back the request of `slice`, which says nothing about the service. */
  forget(slice: number): void {
    if (!this.#holds(slice)) return;
    this.#add(this.#requests, slice, -1);
    this.#requestCount -= 1;
  }

  #holds(slice: number): boolean {
    return this.#slice !== undefined && slice > this.#slice - SLICES;
  }

  #add(counts: Float64Array, slice: number, change: 1 | -1): void {
    const index = slotOf(slice);
    counts[index] = (counts[index] ?? 0) + change;
  }

  #clear(slice: number): void {
    const index = slotOf(slice);
    this.#requestCount -= this.#requests[index] ?? 0;
    this.#acceptCount -= this.#accepts[index] ?? 0;
    this.#requests[index] = 0;
    this.#accepts[index] = 0;
  }
}

/** Clocks may count from an epoch that lies ahead. */
function slotOf(slice: number): number {
  return ((slice % SLICES) + SLICES) % SLICES;
}
