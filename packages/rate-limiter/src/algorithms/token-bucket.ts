import type { TokenBucketPolicy } from '../policy.ts';
import type { RateAlgorithm } from './algorithm.ts';
import { divideProduct } from './divide-product.ts';

/** Where a state's numbers lie. */
const MISSING = 0;
const PROGRESS = 1;
const AT_US = 2;

/**
 * A bucket that holds `burst` tokens, regains `limit` of them in a window at a constant rate, and
 * gives a request as many as it costs.
 *
 * The obvious state, a fraction of tokens, loses a little to rounding at every refill, and the
 * other obvious one, a refill every so often, lets bursts through at every step. So the tokens that
 * are missing are counted in whole ones, and how far the next has come in parts of the window: a
 * token is regained each time `limit` times the microseconds that pass fill up a window.
 *
 * ```text
 *   missing = MISSING - PROGRESS / window        0 <= PROGRESS < window
 * ```
 *
 * It admits what GCRA admits. The difference shows when the limit changes: here what was used stays
 * used as a count of tokens, there as a time.
 *
 * Stepping back, the clock stands still: the bucket fills on when it has come back to where it was.
 * After a step of more than the whole bucket takes, it fills on from the new time at once.
 */
export class TokenBucket implements RateAlgorithm {
  readonly width = 3;
  readonly capacity: number;
  readonly horizonUs: number;
  readonly #limit: number;
  readonly #windowUs: number;

  constructor(policy: TokenBucketPolicy) {
    this.capacity = policy.burst;
    this.#limit = policy.limit;
    this.#windowUs = Math.round(policy.windowMs * 1_000);
    this.horizonUs = this.#regainUs(policy.burst, 0);
  }

  begin(): void {
    // Zeros: nothing is missing.
  }

  advance(cells: Float64Array, at: number, nowUs: number): void {
    const missing = Math.min(cells[at + MISSING] ?? 0, this.capacity);
    if (missing === 0) return;
    const elapsedUs = nowUs - (cells[at + AT_US] ?? 0);
    const found = cells[at + PROGRESS] ?? 0;
    // What does not fit is of a window that was longer, and less than a token.
    const progress = found < this.#windowUs ? found : 0;
    if (elapsedUs <= 0) {
      if (-elapsedUs > this.horizonUs) cells[at + AT_US] = nowUs;
      put(cells, at, missing, progress);
      return;
    }
    cells[at + AT_US] = nowUs;
    if (elapsedUs >= this.horizonUs) {
      put(cells, at, 0, 0);
      return;
    }
    const regained = this.#regained(elapsedUs);
    const sum = progress + regained.rest;
    const carry = sum >= this.#windowUs ? 1 : 0;
    const left = missing - regained.whole - carry;
    put(cells, at, Math.max(0, left), left > 0 ? sum - carry * this.#windowUs : 0);
  }

  waitUs(cells: Float64Array, at: number, nowUs: number, need: number): number {
    if (need > this.capacity) return Infinity;
    const missing = cells[at + MISSING] ?? 0;
    const lacking = need + missing - this.capacity;
    if (lacking <= 0) return 0;
    const standingUs = Math.max(0, (cells[at + AT_US] ?? 0) - nowUs);
    return standingUs + this.#regainUs(lacking, cells[at + PROGRESS] ?? 0);
  }

  charge(cells: Float64Array, at: number, nowUs: number, cost: number): void {
    const missing = cells[at + MISSING] ?? 0;
    // One that was seen full later stands still, or the time until then would fill it twice.
    const aheadUs = (cells[at + AT_US] ?? 0) - nowUs;
    const isStanding = aheadUs > 0 && aheadUs <= this.horizonUs;
    if (missing === 0 && !isStanding) cells[at + AT_US] = nowUs;
    cells[at + MISSING] = missing + cost;
  }

  take(cells: Float64Array, at: number, nowUs: number, need: number, cost: number): number {
    this.advance(cells, at, nowUs);
    const waitUs = need > 0 ? this.waitUs(cells, at, nowUs, need) : 0;
    if (waitUs === 0 && cost > 0) this.charge(cells, at, nowUs, cost);
    return waitUs;
  }

  remaining(cells: Float64Array, at: number): number {
    return Math.max(0, this.capacity - (cells[at + MISSING] ?? 0));
  }

  restedAtUs(cells: Float64Array, at: number): number {
    const missing = cells[at + MISSING] ?? 0;
    if (missing === 0) return 0;
    return (cells[at + AT_US] ?? 0) + this.#regainUs(missing, cells[at + PROGRESS] ?? 0);
  }

  chargedAtUs(cells: Float64Array, at: number, nowUs: number): number {
    return Math.max(nowUs, cells[at + AT_US] ?? 0);
  }

  refund(cells: Float64Array, at: number, nowUs: number, cost: number, chargedAtUs: number): void {
    const elapsedUs = Math.max(0, nowUs - chargedAtUs);
    if (elapsedUs >= this.horizonUs) return;
    const { whole, rest } = this.#regained(elapsedUs);
    if (whole >= cost) return;
    const progress = (cells[at + PROGRESS] ?? 0) - rest;
    const borrow = progress < 0 ? 1 : 0;
    const left = (cells[at + MISSING] ?? 0) - cost + whole + borrow;
    put(cells, at, Math.max(0, left), left > 0 ? progress + borrow * this.#windowUs : 0);
  }

  shift(cells: Float64Array, at: number, byUs: number): void {
    cells[at + AT_US] = (cells[at + AT_US] ?? 0) + byUs;
  }

  isState(cells: Float64Array, at: number): boolean {
    const missing = cells[at + MISSING] ?? 0;
    const progress = cells[at + PROGRESS] ?? 0;
    const whole = [missing, progress, cells[at + AT_US] ?? 0].every(Number.isSafeInteger);
    return whole && missing >= 0 && progress >= 0 && (missing > 0 || progress === 0);
  }

  /** Tokens that come in a time shorter than the horizon; the rest in parts of the window. */
  #regained(elapsedUs: number): { readonly whole: number; readonly rest: number } {
    const windows = Math.floor(elapsedUs / this.#windowUs);
    const within = elapsedUs - windows * this.#windowUs;
    const { whole, rest } = divideProduct(this.#limit, within, this.#windowUs);
    return { whole: windows * this.#limit + whole, rest };
  }

  /** How long `tokens` take to come, the next of which has come as far as `progress`. */
  #regainUs(tokens: number, progress: number): number {
    const { whole, rest } = divideProduct(tokens, this.#windowUs, this.#limit);
    return whole + Math.ceil((rest - progress) / this.#limit);
  }
}

function put(cells: Float64Array, at: number, missing: number, progress: number): void {
  cells[at + MISSING] = missing;
  cells[at + PROGRESS] = progress;
}
