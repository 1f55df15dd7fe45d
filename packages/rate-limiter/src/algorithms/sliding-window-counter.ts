import type { SlidingWindowCounterPolicy } from '../policy.ts';
import type { RateAlgorithm } from './algorithm.ts';
import { divideProduct } from './divide-product.ts';

/** Where a state's numbers lie. */
const START_US = 0;
const CURRENT = 1;
const PREVIOUS = 2;

/**
 * Counts in windows, and adds of the one before the part that still reaches into the last
 * `windowMs`, as if its requests had come evenly:
 *
 * ```text
 *        previous              current
 *   ├─────────┬──────────┼──────────┬──────────┤
 *             │◀──── the last window ─────▶now
 *    estimate = previous * (share of it in there) + current
 * ```
 *
 * Two counts instead of a time for each request. The estimate errs both ways: in an interval of d
 * up to a window long, up to limit * (1 + d / window) pass, and after traffic that came early in
 * the previous window some are denied that an exact log admits.
 *
 * The estimate falls linearly, at first with the slope of the previous window and then with that of
 * the current one, so the wait is a division and not a guess. Shares are never rounded in a
 * request's favour: the part of the previous window is counted in whole units, rounded up.
 *
 * Stepping back, the clock stands still at the start of the current window. After a step of more
 * than two, both counts are carried to the window that begins next.
 *
 * Source: the description of Cloudflare's rate limiting; the exact waits are ours.
 */
export class SlidingWindowCounter implements RateAlgorithm {
  readonly width = 3;
  readonly capacity: number;
  readonly horizonUs: number;
  readonly #windowUs: number;

  constructor(policy: SlidingWindowCounterPolicy) {
    this.capacity = policy.limit;
    this.#windowUs = Math.round(policy.windowMs * 1_000);
    this.horizonUs = 2 * this.#windowUs;
  }

  begin(): void {
    // Zeros: both counts.
  }

  advance(cells: Float64Array, at: number, nowUs: number): void {
    const current = cells[at + CURRENT] ?? 0;
    if (current === 0 && (cells[at + PREVIOUS] ?? 0) === 0) {
      cells[at + START_US] = this.#startOf(nowUs);
      return;
    }
    const startUs = cells[at + START_US] ?? 0;
    const elapsedUs = nowUs - startUs;
    if (elapsedUs >= 2 * this.#windowUs) put(cells, at, this.#startOf(nowUs), 0, 0);
    else if (elapsedUs >= this.#windowUs) put(cells, at, startUs + this.#windowUs, 0, current);
    else if (elapsedUs < -this.horizonUs) cells[at + START_US] = this.#boundaryFrom(nowUs);
  }

  waitUs(cells: Float64Array, at: number, nowUs: number, need: number): number {
    if (need > this.capacity) return Infinity;
    const startUs = cells[at + START_US] ?? 0;
    const current = cells[at + CURRENT] ?? 0;
    const room = this.capacity - current - need;
    if (room < 0) {
      const fallUs = this.#fallUs(current, this.capacity - need);
      return startUs + this.#windowUs + fallUs - nowUs;
    }
    if (this.#held(cells, at, nowUs) <= room) return 0;
    return startUs + this.#fallUs(cells[at + PREVIOUS] ?? 0, room) - nowUs;
  }

  charge(cells: Float64Array, at: number, _nowUs: number, cost: number): void {
    cells[at + CURRENT] = (cells[at + CURRENT] ?? 0) + cost;
  }

  take(cells: Float64Array, at: number, nowUs: number, need: number, cost: number): number {
    this.advance(cells, at, nowUs);
    const waitUs = need > 0 ? this.waitUs(cells, at, nowUs, need) : 0;
    if (waitUs === 0 && cost > 0) this.charge(cells, at, nowUs, cost);
    return waitUs;
  }

  remaining(cells: Float64Array, at: number, nowUs: number): number {
    const used = (cells[at + CURRENT] ?? 0) + this.#held(cells, at, nowUs);
    return Math.max(0, this.capacity - used);
  }

  restedAtUs(cells: Float64Array, at: number): number {
    const startUs = cells[at + START_US] ?? 0;
    if ((cells[at + CURRENT] ?? 0) > 0) return startUs + 2 * this.#windowUs;
    return (cells[at + PREVIOUS] ?? 0) > 0 ? startUs + this.#windowUs : 0;
  }

  chargedAtUs(cells: Float64Array, at: number, nowUs: number): number {
    return Math.max(nowUs, cells[at + START_US] ?? 0);
  }

  refund(cells: Float64Array, at: number, _nowUs: number, cost: number, chargedAtUs: number): void {
    const age = Math.floor((chargedAtUs - (cells[at + START_US] ?? 0)) / this.#windowUs);
    if (age !== 0 && age !== -1) return;
    const count = at + (age === 0 ? CURRENT : PREVIOUS);
    cells[count] = Math.max(0, (cells[count] ?? 0) - cost);
  }

  shift(cells: Float64Array, at: number, byUs: number): void {
    cells[at + START_US] = this.#boundaryFrom((cells[at + START_US] ?? 0) + byUs);
  }

  isState(cells: Float64Array, at: number): boolean {
    const current = cells[at + CURRENT] ?? 0;
    const previous = cells[at + PREVIOUS] ?? 0;
    const whole = [cells[at + START_US] ?? 0, current, previous].every(Number.isSafeInteger);
    return whole && current >= 0 && previous >= 0;
  }

  /** What the previous window still counts for, rounded up to whole units. */
  #held(cells: Float64Array, at: number, nowUs: number): number {
    const previous = cells[at + PREVIOUS] ?? 0;
    if (previous === 0) return 0;
    const elapsedUs = Math.max(0, nowUs - (cells[at + START_US] ?? 0));
    const share = divideProduct(previous, this.#windowUs - elapsedUs, this.#windowUs);
    return share.whole + (share.rest > 0 ? 1 : 0);
  }

  /** How far into a window the count of the one before it has fallen to `room`. */
  #fallUs(count: number, room: number): number {
    return this.#windowUs - divideProduct(room, this.#windowUs, count).whole;
  }

  #startOf(instantUs: number): number {
    const into = instantUs % this.#windowUs;
    return instantUs - (into < 0 ? into + this.#windowUs : into);
  }

  #boundaryFrom(instantUs: number): number {
    const startUs = this.#startOf(instantUs);
    return startUs === instantUs ? startUs : startUs + this.#windowUs;
  }
}

function put(
  cells: Float64Array,
  at: number,
  startUs: number,
  current: number,
  previous: number,
): void {
  cells[at + START_US] = startUs;
  cells[at + CURRENT] = current;
  cells[at + PREVIOUS] = previous;
}
