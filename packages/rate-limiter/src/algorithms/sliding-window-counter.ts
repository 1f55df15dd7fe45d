import type { SlidingWindowCounterPolicy } from '../policy.ts';
import type { RateAlgorithm } from './algorithm.ts';
import { divideProduct } from './divide-product.ts';

/** Where a state's numbers lie. */
const START_US = 0;
const CURRENT = 1;
const PREVIOUS = 2;

/** When the current window began, its count, and that of the one before. */
interface Counts {
  readonly startUs: number;
  readonly current: number;
  readonly previous: number;
}

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
 * Only a charge or a refund begins a window: a look at a later time leaves nothing behind. Stepping
 * back, the clock stands still at the start of the current window. After a step of more than two,
 * both counts are carried to the window that begins next.
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
    if ((cells[at + CURRENT] ?? 0) === 0 && (cells[at + PREVIOUS] ?? 0) === 0) return;
    const isOther = (cells[at + START_US] ?? 0) - nowUs > this.horizonUs;
    if (isOther) cells[at + START_US] = this.#boundaryFrom(nowUs);
  }

  waitUs(cells: Float64Array, at: number, nowUs: number, need: number): number {
    return this.#waitUs(this.#countsAt(cells, at, nowUs), nowUs, need);
  }

  charge(cells: Float64Array, at: number, nowUs: number, cost: number): void {
    const { startUs, current, previous } = this.#countsAt(cells, at, nowUs);
    put(cells, at, startUs, current + cost, previous);
  }

  take(cells: Float64Array, at: number, nowUs: number, need: number, cost: number): number {
    this.advance(cells, at, nowUs);
    const counts = this.#countsAt(cells, at, nowUs);
    const waitUs = need > 0 ? this.#waitUs(counts, nowUs, need) : 0;
    if (waitUs > 0 || cost === 0) return waitUs;
    put(cells, at, counts.startUs, counts.current + cost, counts.previous);
    return 0;
  }

  remaining(cells: Float64Array, at: number, nowUs: number): number {
    const counts = this.#countsAt(cells, at, nowUs);
    return Math.max(0, this.capacity - counts.current - this.#held(counts, nowUs));
  }

  restedAtUs(cells: Float64Array, at: number): number {
    const startUs = cells[at + START_US] ?? 0;
    if ((cells[at + CURRENT] ?? 0) > 0) return startUs + 2 * this.#windowUs;
    return (cells[at + PREVIOUS] ?? 0) > 0 ? startUs + this.#windowUs : 0;
  }

  chargedAtUs(cells: Float64Array, at: number, nowUs: number): number {
    return Math.max(nowUs, cells[at + START_US] ?? 0);
  }

  refund(cells: Float64Array, at: number, nowUs: number, cost: number, chargedAtUs: number): void {
    const { startUs, current, previous } = this.#countsAt(cells, at, nowUs);
    const age = Math.floor((chargedAtUs - startUs) / this.#windowUs);
    if (age === 0 && current > 0) put(cells, at, startUs, Math.max(0, current - cost), previous);
    if (age === -1 && previous > 0) put(cells, at, startUs, current, Math.max(0, previous - cost));
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

  /** The windows that matter at `nowUs`, of a state that stays as it is. */
  #countsAt(cells: Float64Array, at: number, nowUs: number): Counts {
    const startUs = cells[at + START_US] ?? 0;
    const current = cells[at + CURRENT] ?? 0;
    const previous = cells[at + PREVIOUS] ?? 0;
    const elapsedUs = nowUs - startUs;
    const isRested = current === 0 && previous === 0;
    if (isRested || elapsedUs >= 2 * this.#windowUs) {
      return { startUs: this.#startOf(nowUs), current: 0, previous: 0 };
    }
    if (elapsedUs < this.#windowUs) return { startUs, current, previous };
    return { startUs: startUs + this.#windowUs, current: 0, previous: current };
  }

  #waitUs(counts: Counts, nowUs: number, need: number): number {
    if (need > this.capacity) return Infinity;
    const { startUs, current, previous } = counts;
    const room = this.capacity - current - need;
    if (room < 0) {
      const fallUs = this.#fallUs(current, this.capacity - need);
      return startUs + this.#windowUs + fallUs - nowUs;
    }
    if (this.#held(counts, nowUs) <= room) return 0;
    return startUs + this.#fallUs(previous, room) - nowUs;
  }

  /** What the previous window still counts for, rounded up to whole units. */
  #held({ startUs, previous }: Counts, nowUs: number): number {
    if (previous === 0) return 0;
    const elapsedUs = Math.max(0, nowUs - startUs);
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
