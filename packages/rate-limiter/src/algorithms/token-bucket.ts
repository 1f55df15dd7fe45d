import type { TokenBucketPolicy } from '../policy.ts';
import type { RateAlgorithm } from './algorithm.ts';
import { divideProduct } from './divide-product.ts';

/** Where a state's numbers lie. */
const MISSING = 0;
const PROGRESS = 1;
const AT_US = 2;

/** What a bucket is without, and how far the next token has come, in parts of the window. */
interface Lack {
  readonly missing: number;
  readonly progress: number;
}

const NO_LACK: Lack = { missing: 0, progress: 0 };

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
 * Only a charge or a refund writes down what has come until then: a look at a later time leaves
 * nothing behind. Stepping back, the clock stands still: the bucket fills on when it has come back
 * to where it was. After a step of more than the whole bucket takes, it fills on from the new time.
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
    const isOther = (cells[at + AT_US] ?? 0) - nowUs > this.horizonUs;
    if (!isOther || (cells[at + MISSING] ?? 0) === 0) return;
    const lack = this.#lackAt(cells, at, nowUs);
    cells[at + AT_US] = nowUs;
    put(cells, at, nowUs, lack, 0);
  }

  waitUs(cells: Float64Array, at: number, nowUs: number, need: number): number {
    return this.#waitUs(cells, at, nowUs, need, this.#lackAt(cells, at, nowUs));
  }

  charge(cells: Float64Array, at: number, nowUs: number, cost: number): void {
    put(cells, at, nowUs, this.#lackAt(cells, at, nowUs), cost);
  }

  take(cells: Float64Array, at: number, nowUs: number, need: number, cost: number): number {
    this.advance(cells, at, nowUs);
    const lack = this.#lackAt(cells, at, nowUs);
    const waitUs = need > 0 ? this.#waitUs(cells, at, nowUs, need, lack) : 0;
    if (waitUs === 0 && cost > 0) put(cells, at, nowUs, lack, cost);
    return waitUs;
  }

  remaining(cells: Float64Array, at: number, nowUs: number): number {
    return this.capacity - this.#lackAt(cells, at, nowUs).missing;
  }

  restedAtUs(cells: Float64Array, at: number): number {
    const atUs = cells[at + AT_US] ?? 0;
    const { missing, progress } = this.#lackAt(cells, at, atUs);
    return missing === 0 ? 0 : atUs + this.#regainUs(missing, progress);
  }

  chargedAtUs(cells: Float64Array, at: number, nowUs: number): number {
    return Math.max(nowUs, cells[at + AT_US] ?? 0);
  }

  refund(cells: Float64Array, at: number, nowUs: number, cost: number, chargedAtUs: number): void {
    const elapsedUs = Math.max(0, nowUs - chargedAtUs);
    if (elapsedUs >= this.horizonUs) return;
    const { whole, rest } = this.#regained(elapsedUs);
    const lack = this.#lackAt(cells, at, nowUs);
    if (whole >= cost || lack.missing === 0) return;
    const progress = lack.progress - rest;
    const borrow = progress < 0 ? 1 : 0;
    const missing = lack.missing - cost + whole + borrow;
    const isLacking = missing > 0;
    const left = isLacking ? { missing, progress: progress + borrow * this.#windowUs } : NO_LACK;
    put(cells, at, nowUs, left, 0);
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

  /** What is missing at `nowUs`, of a state that stays as it is. */
  #lackAt(cells: Float64Array, at: number, nowUs: number): Lack {
    const missing = Math.min(cells[at + MISSING] ?? 0, this.capacity);
    const found = cells[at + PROGRESS] ?? 0;
    // What does not fit is of a window that was longer, and less than a token.
    const progress = found < this.#windowUs ? found : 0;
    const elapsedUs = nowUs - (cells[at + AT_US] ?? 0);
    if (elapsedUs <= 0 || missing === 0) return { missing, progress };
    if (elapsedUs >= this.horizonUs) return NO_LACK;
    const regained = this.#regained(elapsedUs);
    const sum = progress + regained.rest;
    const carry = sum >= this.#windowUs ? 1 : 0;
    const left = missing - regained.whole - carry;
    return left > 0 ? { missing: left, progress: sum - carry * this.#windowUs } : NO_LACK;
  }

  #waitUs(cells: Float64Array, at: number, nowUs: number, need: number, lack: Lack): number {
    if (need > this.capacity) return Infinity;
    const lacking = need + lack.missing - this.capacity;
    if (lacking <= 0) return 0;
    const standingUs = Math.max(0, (cells[at + AT_US] ?? 0) - nowUs);
    return standingUs + this.#regainUs(lacking, lack.progress);
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

/** Charges `cost` to a bucket that lacks `lack` at `nowUs`. One that is full has no clock. */
function put(cells: Float64Array, at: number, nowUs: number, lack: Lack, cost: number): void {
  const isFull = lack.missing === 0;
  cells[at + AT_US] = isFull ? nowUs : Math.max(nowUs, cells[at + AT_US] ?? 0);
  cells[at + MISSING] = lack.missing + cost;
  cells[at + PROGRESS] = lack.progress;
}
