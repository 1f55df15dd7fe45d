import type { GcraPolicy } from '../policy.ts';
import type { RateAlgorithm } from './algorithm.ts';
import { divideProduct } from './divide-product.ts';

/** Three roundings of numbers below 2^31 are less; times a window of 2^45 it fits in 32 bits. */
const DOUBT = 1e-6;

/**
 * The generic cell rate algorithm, which ATM networks policed their cells with.
 *
 * Imagine requests served one after another, each for the emission interval T = window / limit. The
 * theoretical arrival time is when the last one ends. A request of cost c would end T*c later; it
 * is admitted if that is no further ahead of now than the tolerance burst * T:
 *
 * ```text
 *          now        theoretical arrival time
 *   ────────┼───────────────────┼─────────────────┼──────────────▶ time
 *           │◀─── used up ─────▶│◀──── left ─────▶│
 *           │◀──────────── burst * T ────────────▶│
 * ```
 *
 * That is a token bucket in one number, and the state needs no refill: time itself is. A denied
 * request changes nothing, and the wait is the distance by which it would be too far ahead.
 *
 * T is a fraction of a microsecond at times, so the state is the arrival time in whole microseconds
 * and the rest in parts of `limit`: 2 numbers, compared exactly. Where `limit` divides the window,
 * the rest is always 0.
 *
 * Stepping back, the clock leaves the arrival time where it is; further than two tolerances ahead
 * it can only be another clock's, and becomes now plus one tolerance: nothing left, nothing minted.
 *
 * Source: ITU-T I.371, annex A; redis-cell for the words burst and cost. Departures: exact
 * fractions, and the bound on steps back.
 */
export class Gcra implements RateAlgorithm {
  readonly width = 2;
  readonly capacity: number;
  readonly horizonUs: number;
  readonly #limit: number;
  readonly #windowUs: number;
  /** The emission interval, `#stepUs + #stepRest / #limit`. */
  readonly #stepUs: number;
  readonly #stepRest: number;
  /** The burst tolerance, likewise. */
  readonly #toleranceUs: number;
  readonly #toleranceRest: number;
  /** How far ahead an arrival time of this clock can be. */
  readonly #aheadMaxUs: number;
  /** As far ahead, one more is admitted whatever the rests are. */
  readonly #easyUs: number;

  constructor(policy: GcraPolicy) {
    const { limit, burst } = policy;
    this.capacity = burst;
    this.#limit = limit;
    this.#windowUs = Math.round(policy.windowMs * 1_000);
    const step = divideProduct(1, this.#windowUs, limit);
    this.#stepUs = step.whole;
    this.#stepRest = step.rest;
    const tolerance = this.#duration(burst);
    this.#toleranceUs = tolerance.whole;
    this.#toleranceRest = tolerance.rest;
    this.horizonUs = tolerance.whole + (tolerance.rest > 0 ? 1 : 0);
    this.#aheadMaxUs = 2 * this.horizonUs;
    this.#easyUs = this.#toleranceUs - this.#stepUs - 2;
  }

  begin(): void {
    // Zeros: an arrival time that has passed.
  }

  advance(cells: Float64Array, at: number, nowUs: number): void {
    const dueUs = cells[at] ?? 0;
    if (dueUs - nowUs > this.#aheadMaxUs) {
      cells[at] = nowUs + this.#toleranceUs;
      cells[at + 1] = this.#toleranceRest;
    } else if ((cells[at + 1] ?? 0) >= this.#limit) {
      // Parts of a limit that was higher.
      cells[at] = dueUs + 1;
      cells[at + 1] = 0;
    }
  }

  waitUs(cells: Float64Array, at: number, nowUs: number, need: number): number {
    if (need > this.capacity) return Infinity;
    let dueUs = cells[at] ?? 0;
    let rest = cells[at + 1] ?? 0;
    if (dueUs < nowUs) {
      dueUs = nowUs;
      rest = 0;
    }
    if (need === 1) {
      dueUs += this.#stepUs;
      rest += this.#stepRest;
    } else {
      const duration = this.#duration(need);
      dueUs += duration.whole;
      rest += duration.rest;
    }
    rest -= this.#toleranceRest;
    const roundingUs = rest > this.#limit ? 2 : rest > 0 ? 1 : 0;
    const wait = dueUs - this.#toleranceUs + roundingUs - nowUs;
    return wait > 0 ? wait : 0;
  }

  charge(cells: Float64Array, at: number, nowUs: number, cost: number): void {
    let dueUs = cells[at] ?? 0;
    let rest = cells[at + 1] ?? 0;
    if (dueUs < nowUs) {
      dueUs = nowUs;
      rest = 0;
    }
    if (cost === 1) {
      dueUs += this.#stepUs;
      rest += this.#stepRest;
    } else {
      const duration = this.#duration(cost);
      dueUs += duration.whole;
      rest += duration.rest;
    }
    const carry = rest >= this.#limit ? 1 : 0;
    cells[at] = dueUs + carry;
    cells[at + 1] = rest - carry * this.#limit;
  }

  take(cells: Float64Array, at: number, nowUs: number, need: number, cost: number): number {
    let dueUs = cells[at] ?? 0;
    let rest = cells[at + 1] ?? 0;
    if (dueUs < nowUs) {
      dueUs = nowUs;
      rest = 0;
    }
    const isEasy = dueUs - nowUs <= this.#easyUs && rest < this.#limit;
    if (need !== 1 || cost !== 1 || !isEasy) {
      return this.#takeExactly(cells, at, nowUs, need, cost);
    }
    // Nearly all requests cost one and are not the last to be admitted. Branches, which a processor
    // foresees, where arithmetic would let each call wait for the one before.
    dueUs += this.#stepUs;
    rest += this.#stepRest;
    if (rest >= this.#limit) {
      dueUs += 1;
      rest -= this.#limit;
    }
    cells[at] = dueUs;
    cells[at + 1] = rest;
    return 0;
  }

  remaining(cells: Float64Array, at: number, nowUs: number): number {
    const dueUs = cells[at] ?? 0;
    if (dueUs < nowUs) return this.capacity;
    const leftUs = this.#toleranceUs - (dueUs - nowUs);
    const leftRest = this.#toleranceRest - (cells[at + 1] ?? 0);
    // A negative rest borrows from the microseconds, and floor rounds all of it down at once.
    const parts = leftUs * this.#limit + leftRest;
    if (parts <= 0) return 0;
    if (parts <= Number.MAX_SAFE_INTEGER) return Math.floor(parts / this.#windowUs);
    // Rounded, the quotient is off by less than a millionth, so only near a whole number is it in
    // doubt on which side it lies. The difference from there fits into 32 bits: they suffice.
    const quotient = parts / this.#windowUs;
    const nearest = Math.floor(quotient + 0.5);
    if (Math.abs(quotient - nearest) > DOUBT) return Math.floor(quotient);
    const product = Math.imul(leftUs, this.#limit);
    const difference = (product + leftRest - Math.imul(nearest, this.#windowUs)) | 0;
    return difference < 0 ? nearest - 1 : nearest;
  }

  restedAtUs(cells: Float64Array, at: number): number {
    return (cells[at] ?? 0) + ((cells[at + 1] ?? 0) > 0 ? 1 : 0);
  }

  chargedAtUs(_cells: Float64Array, _at: number, nowUs: number): number {
    return nowUs;
  }

  refund(cells: Float64Array, at: number, nowUs: number, cost: number, chargedAtUs: number): void {
    const duration = this.#duration(cost);
    const creditUs = duration.whole - Math.max(0, nowUs - chargedAtUs);
    if (creditUs < 0) return;
    const rest = (cells[at + 1] ?? 0) - duration.rest;
    const borrow = rest < 0 ? 1 : 0;
    const dueUs = (cells[at] ?? 0) - creditUs - borrow;
    cells[at] = Math.max(0, dueUs);
    cells[at + 1] = dueUs < 0 ? 0 : rest + borrow * this.#limit;
  }

  shift(cells: Float64Array, at: number, byUs: number): void {
    const dueUs = (cells[at] ?? 0) + byUs;
    cells[at] = Math.max(0, dueUs);
    if (dueUs < 0) cells[at + 1] = 0;
  }

  isState(cells: Float64Array, at: number): boolean {
    const dueUs = cells[at] ?? 0;
    const rest = cells[at + 1] ?? 0;
    return Number.isSafeInteger(dueUs) && Number.isSafeInteger(rest) && rest >= 0;
  }

  #takeExactly(cells: Float64Array, at: number, nowUs: number, need: number, cost: number): number {
    let dueUs = cells[at] ?? 0;
    let rest = cells[at + 1] ?? 0;
    const isUsual = dueUs - nowUs <= this.#aheadMaxUs && rest < this.#limit;
    if (need !== 1 || cost !== 1 || !isUsual) {
      return this.#takeInSteps(cells, at, nowUs, need, cost);
    }
    // As below, with the numbers at hand: few requests cost more.
    if (dueUs < nowUs) {
      dueUs = nowUs;
      rest = 0;
    }
    dueUs += this.#stepUs;
    rest += this.#stepRest;
    const over = rest - this.#toleranceRest;
    const roundingUs = over > this.#limit ? 2 : over > 0 ? 1 : 0;
    const waitUs = dueUs - this.#toleranceUs + roundingUs - nowUs;
    if (waitUs > 0) return waitUs;
    const carry = rest >= this.#limit ? 1 : 0;
    cells[at] = dueUs + carry;
    cells[at + 1] = rest - carry * this.#limit;
    return 0;
  }

  #takeInSteps(cells: Float64Array, at: number, nowUs: number, need: number, cost: number): number {
    this.advance(cells, at, nowUs);
    const waitUs = need > 0 ? this.waitUs(cells, at, nowUs, need) : 0;
    if (waitUs === 0 && cost > 0) this.charge(cells, at, nowUs, cost);
    return waitUs;
  }

  /** How long requests of `cost` together are served. */
  #duration(cost: number): { readonly whole: number; readonly rest: number } {
    const parts = divideProduct(cost, this.#stepRest, this.#limit);
    return { whole: cost * this.#stepUs + parts.whole, rest: parts.rest };
  }
}
