/*
 * Bounds what retries add to the load.
 *
 * A limit on the tries of one call does not. When a service fails, every call is retried, and with
 * three tries it meets three times its load just when it can bear least; with three layers that
 * each try three times, 27 times. A budget is a bound over all calls: each call pays in a fraction
 * of a token, a retry takes a whole one, and without one there is no retry.
 *
 *     retries <= burst + ratio * calls + perSecond * seconds          over any span of time
 *
 * So with a ratio of 0.2 the load is at most 1.2 times that of the calls, however many layers share
 * the budget: the layers of one call pay in once, the outermost, since what the inner ones see are
 * the same calls and their retries. A service that is seldom called pays in little; `perSecond`
 * lets it retry nevertheless.
 *
 * Tokens are counted in millionths, as integers: after a million deposits of 0.2, a sum of floats
 * would be off by more than a token.
 *
 * Source: the retry budget of Finagle (Twitter, 2015), with a bound on what may be saved up
 * (`burst`) instead of an age after which deposits are forgotten: it needs no clock on success.
 */
import { checkNumber, checkRecord } from './bounds.ts';
import { checkMethods } from './function-checks.ts';

const TOKEN = 1_000_000;

/** What a retry budget may be told. */
export interface RetryBudgetOptions {
  /**
   * Tokens that each call pays in, 0..1: the share of retries in the long run. 0.2 if left out.
   * Raising it helps calls through rare failures, and costs load in an outage.
   */
  readonly ratio?: number;
  /** Tokens that may be saved up, 1..10^6: retries that may come at once. 10 if left out. */
  readonly burst?: number;
  /** Tokens at the start, 0..burst. `burst` if left out. */
  readonly initial?: number;
  /** Tokens that come with time, however few calls there are, 0..10^6. 1 if left out. */
  readonly perSecond?: number;
}

/** Tokens that calls pay in and retries take out. One may serve any number of policies. */
export class RetryBudget {
  readonly #deposit: number;
  readonly #capacity: number;
  readonly #perMs: number;
  #tokens: number;
  #lastMs: number | undefined;

  /** @throws RangeError if an option is out of its range. */
  constructor(options: RetryBudgetOptions = {}) {
    checkRecord('options', options);
    const { ratio = 0.2, burst = 10, initial = burst, perSecond = 1 } = options;
    checkNumber('ratio', ratio, 0, 1);
    checkNumber('burst', burst, 1, 1_000_000);
    checkNumber('initial', initial, 0, burst);
    checkNumber('perSecond', perSecond, 0, 1_000_000);
    this.#deposit = Math.floor(ratio * TOKEN);
    this.#capacity = Math.floor(burst * TOKEN);
    this.#perMs = perSecond * (TOKEN / 1_000);
    this.#tokens = Math.floor(initial * TOKEN);
  }

  /** Tokens left, as of the last withdrawal. */
  get balance(): number {
    return this.#tokens / TOKEN;
  }

  /** Pays in for one call. */
  deposit(): void {
    this.#tokens = Math.min(this.#capacity, this.#tokens + this.#deposit);
  }

  /** Takes a token for one retry, if there is one. */
  tryWithdraw(nowMs: number): boolean {
    this.#refill(nowMs);
    if (this.#tokens < TOKEN) return false;
    this.#tokens -= TOKEN;
    return true;
  }

  #refill(nowMs: number): void {
    const lastMs = this.#lastMs ?? nowMs;
    // A clock that steps back must not mint tokens when it comes forward again.
    this.#lastMs = Math.max(lastMs, nowMs);
    const minted = Math.floor(Math.max(0, nowMs - lastMs) * this.#perMs);
    this.#tokens = Math.min(this.#capacity, this.#tokens + minted);
  }
}

/** @throws RangeError or TypeError unless `budget` is one, of whichever copy of this package. */
export function checkBudget(budget: unknown): void {
  checkMethods('budget', budget, 'deposit', 'tryWithdraw');
}
