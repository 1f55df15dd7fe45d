import type { Decision } from './decision.ts';
import type { RatePolicy } from './policy.ts';

/** One limit that a request has to pass. */
export interface Check {
  /** Whom the limit is for. Any string of at most 10,240 characters, the empty one included. */
  readonly key: string;
  readonly policy: RatePolicy;
  /** An integer of 0..2^31-1. Nothing is charged for 0: it is a look. */
  readonly cost: number;
}

/** What a store answers: one decision for each check, in their order. */
export interface Verdict {
  readonly decisions: readonly Decision[];
  /** Names what was charged, for `refund`. Absent if nothing was. */
  readonly chargeId?: string;
}

/**
 * Where limits that several processes share are kept.
 *
 * What every store promises stands in its contract suite, `@quorate/rate-limiter/contract`.
 */
export interface RateLimitStore {
  /**
   * Takes the cost of all checks, or of none if one of them does not admit it, in one atomic step.
   *
   * Rejects when the store cannot say; whether anything was charged then is unknown, so that nobody
   * may ask again for the same request.
   */
  take(checks: readonly Check[], options?: StoreCallOptions): Promise<Verdict>;
  /**
   * Gives back what `take` charged under `chargeId`: once, however often it is called, and never
   * beyond a limit.
   */
  refund(chargeId: string): Promise<void>;
  /** Limits `key` under `policy` for `durationMs`, whatever it has left. 0 ends that. */
  block(key: string, policy: RatePolicy, durationMs: number): Promise<void>;
  /** Forgets what is known of exactly `key` under `policy`. */
  reset(key: string, policy: RatePolicy): Promise<void>;
  /** Releases what the store has opened itself. */
  close(): Promise<void>;
}

/** How long a caller waits for a store. */
export interface StoreCallOptions {
  readonly signal?: AbortSignal;
}
