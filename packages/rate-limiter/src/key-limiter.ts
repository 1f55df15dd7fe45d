import type { RateAlgorithm } from './algorithms/algorithm.ts';
import { assertCost, microseconds } from './checks.ts';
import type { Decision } from './decision.ts';
import { admittedBy, limitedBy } from './decide.ts';
import { type KeyTable, SPARE_SLOT } from './key-table.ts';
import { shadowOf } from './memory-store.ts';
import type { Limit } from './policy-ledger.ts';
import type { AtTime, Priority, RateLimiter, TakeOptions } from './rate-limiter.ts';

/**
 * What a limiter lets one of its keys know.
 *
 * @hidden
 */
export interface KeyLimiterSource {
  readonly limiter: RateLimiter;
  readonly clock: { readonly nowMs: () => number };
  readonly isShadow: boolean;
  /** How it counts now. Whenever this changes, the layout of its table does. */
  readonly limit: () => Limit;
  readonly headroomFor: (priority: Priority | undefined) => number;
}

/**
 * One key of a `RateLimiter`: for the calls of a program to one API, say. Made by
 * `RateLimiter.forKey`.
 *
 * @remarks
 * It counts where the limiter counts: each answers as the other would with that key, in any order
 * of calls. Looking the key up is most of what a decision costs, so this one remembers where the
 * state lies, and looks again only when the table says that some state has moved or gone. It holds
 * no place: a key that has rested or was given up is forgotten as any other, and begins anew.
 *
 * A key without a place of its own, and every key while some are blocked, is looked up each time.
 *
 * @example
 * ```ts
 * import { gcra, RateLimiter } from '@quorate/rate-limiter';
 *
 * const limiter = new RateLimiter({ policy: gcra({ limit: 2, windowMs: 1_000 }) });
 * const stock = limiter.forKey('stock-api');
 * stock.admitAt(0); // => true
 * limiter.take('stock-api', { nowMs: 0 }).remaining; // => 0
 * const third = stock.take({ nowMs: 100 });
 * third.kind === 'limited' && third.retryAfterMs; // => 400
 * ```
 */
export class KeyLimiter {
  /** Whom it limits. */
  readonly key: string;
  readonly #source: KeyLimiterSource;
  readonly #limiter: RateLimiter;
  readonly #isShadow: boolean;
  /** From here on as it was found last; true as long as the table has the layout of then. */
  #limit: Limit;
  #algorithm: RateAlgorithm;
  #table: KeyTable;
  #layout = -1;
  #page: Float64Array = new Float64Array(0);
  #at = 0;
  /** What has to be left behind a request without a priority. */
  #headroom = 0;
  /** That, and one more. */
  #needOfOne = 1;

  /** @hidden */
  constructor(key: string, source: KeyLimiterSource) {
    this.key = key;
    this.#source = source;
    this.#limiter = source.limiter;
    this.#isShadow = source.isShadow;
    this.#limit = source.limit();
    this.#algorithm = this.#limit.algorithm;
    this.#table = this.#limit.ledger.table;
  }

  /**
   * As `RateLimiter.take`.
   *
   * @throws RangeError or TypeError for bad input, before anything has changed.
   */
  take(options?: TakeOptions): Decision {
    if (options?.refundable === true || (this.#layout !== this.#table.layout && !this.#find())) {
      return this.#limiter.take(this.key, options);
    }
    const cost = options?.cost ?? 1;
    if (cost !== 1) assertCost('cost', cost);
    const nowUs = microseconds(options?.nowMs ?? this.#source.clock.nowMs());
    const need = cost + this.#headroomFor(options?.priority);
    const algorithm = this.#algorithm;
    const { policy } = this.#limit;
    const waitUs = algorithm.take(this.#page, this.#at, nowUs, need, cost);
    if (waitUs === 0) return admittedBy(policy, algorithm, this.#page, this.#at, nowUs);
    const limited = limitedBy(policy, algorithm, this.#page, this.#at, nowUs, waitUs);
    return this.#isShadow ? shadowOf(limited) : limited;
  }

  /**
   * As `RateLimiter.admit`.
   *
   * @throws RangeError or TypeError as `take` does.
   */
  admit(options?: Omit<TakeOptions, 'refundable'>): boolean {
    if (this.#layout !== this.#table.layout && !this.#find())
      return this.#limiter.admit(this.key, options);
    const cost = options?.cost ?? 1;
    if (cost !== 1) assertCost('cost', cost);
    const nowUs = microseconds(options?.nowMs ?? this.#source.clock.nowMs());
    const need = cost + this.#headroomFor(options?.priority);
    return this.#algorithm.take(this.#page, this.#at, nowUs, need, cost) === 0 || this.#isShadow;
  }

  /**
   * `admit` of one request at `nowMs`, the shortest way there is to a decision.
   *
   * @param nowMs - Of one and the same clock in all calls, as everywhere.
   * @throws RangeError or TypeError if that is no instant.
   */
  admitAt(nowMs: number): boolean {
    const nowUs = microseconds(nowMs);
    if (this.#layout !== this.#table.layout && !this.#find())
      return this.#limiter.admit(this.key, { nowMs });
    const waitUs = this.#algorithm.take(this.#page, this.#at, nowUs, this.#needOfOne, 1);
    return waitUs === 0 || this.#isShadow;
  }

  /** As `RateLimiter.peek`. */
  peek(options?: TakeOptions): Decision {
    return this.#limiter.peek(this.key, options);
  }

  /** As `RateLimiter.penalize`. */
  penalize(cost: number, time?: AtTime): Decision {
    return this.#limiter.penalize(this.key, cost, time);
  }

  /** As `RateLimiter.refund`. */
  refund(chargeId: string, time?: AtTime): void {
    this.#limiter.refund(chargeId, time);
  }

  /** As `RateLimiter.block`. */
  block(durationMs: number, time?: AtTime): void {
    this.#limiter.block(this.key, durationMs, time);
  }

  /** As `RateLimiter.reset`. */
  reset(): void {
    this.#limiter.reset(this.key);
  }

  /** Finds the state, and says whether it is all that decides. */
  #find(): boolean {
    const limit = this.#source.limit();
    const { table, blocks } = limit.ledger;
    if (blocks.size > 0) return false;
    const slot = table.find(this.key);
    // The limiter gives the key a place, or has it share one, which is found with the next call.
    if (slot === SPARE_SLOT) return false;
    this.#limit = limit;
    this.#algorithm = limit.algorithm;
    this.#table = table;
    this.#layout = table.layout;
    this.#page = table.pageOf(slot);
    this.#at = table.offsetOf(slot);
    this.#headroom = this.#source.headroomFor(undefined);
    this.#needOfOne = 1 + this.#headroom;
    return true;
  }

  #headroomFor(priority: Priority | undefined): number {
    return priority === undefined ? this.#headroom : this.#source.headroomFor(priority);
  }
}
