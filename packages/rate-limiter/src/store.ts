import type { Decision } from './decision.ts';
import type { RatePolicy } from './policy.ts';

/** One limit that a request has to pass. */
export interface Check {
  /** Whom the limit is for. Any string of at most 10,240 characters, the empty one included. */
  readonly key: string;
  readonly policy: RatePolicy;
  /** An integer of 0..2^31-1. Nothing is charged for 0: it is a look. */
  readonly cost: number;
  /**
   * Cost that has to be left behind this request, for more important ones: it is admitted only if
   * `cost + headroom` would be, and charged `cost`. An integer of 0..2^31-1. Default 0.
   */
  readonly headroom?: number;
  /**
   * `'shadow'`: a limit that is being tried out. Where it would have limited the request, its
   * decision is admitted with the reason `'shadow'`, nothing is charged under it, and the other
   * checks decide. Default `'enforce'`.
   */
  readonly mode?: 'enforce' | 'shadow';
}

/** What a store answers: one decision for each check, in their order. */
export interface Verdict {
  /**
   * If one of them is limited, nothing was charged under any of them, and the admitted ones say
   * what would be left without this request.
   */
  readonly decisions: readonly Decision[];
  /** Names what was charged, for `refund`. Absent if nothing was. */
  readonly chargeId?: string;
}

/**
 * Where limits that several processes share are kept.
 *
 * What every store promises stands in its contract suite, `@quorate/rate-limiter/contract`. A
 * caller's mistake rejects with a `RangeError` or `TypeError` before anything has changed.
 */
export interface RateLimitStore {
  /**
   * Takes the cost of all checks, or of none if one of them does not admit it, in one atomic step.
   *
   * Rejects when the store cannot say; whether anything was charged then is unknown, so that nobody
   * may ask again for the same request.
   *
   * @param checks - 1..16 of them, each for another key or policy.
   */
  take(checks: readonly Check[], options?: StoreTakeOptions): Promise<Verdict>;
  /**
   * Gives back what `take` charged under `chargeId`: once, however often it is called, never beyond
   * a limit, and not again what time has given back since. An unknown id changes nothing.
   */
  refund(chargeId: string, options?: StoreCallOptions): Promise<void>;
  /**
   * Limits `key` under `policy` for `durationMs`, whatever it has left. 0 ends that.
   *
   * @param durationMs - At least 0; at most 400 days.
   */
  block(
    key: string,
    policy: RatePolicy,
    durationMs: number,
    options?: StoreCallOptions,
  ): Promise<void>;
  /** Forgets what is known of exactly `key` under `policy`, its block included. */
  reset(key: string, policy: RatePolicy, options?: StoreCallOptions): Promise<void>;
  /** Releases what the store has opened itself. Whatever is called after it rejects. */
  close(): Promise<void>;
}

/** What a caller of {@link RateLimitStore.take} wants of it. */
export interface StoreTakeOptions extends StoreCallOptions {
  /** `false` if it will not be given back: the store need not name the charge. Default true. */
  readonly refundable?: boolean;
}

/** How long a caller waits for a store. */
export interface StoreCallOptions {
  /** Once it is aborted, the call rejects with its reason; the store may still do as asked. */
  readonly signal?: AbortSignal;
}
