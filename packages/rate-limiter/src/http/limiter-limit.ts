import type { Decision } from '../decision.ts';
import type { RatePolicy } from '../policy.ts';
import type { HttpLimit } from './http-rate-limit.ts';

/** What is used of a `RateLimiter`. */
export interface DecidingLimiter {
  /** What it admits now. */
  readonly policy: RatePolicy;
  /** Decides about one request. */
  take(key: string, options: { readonly cost: number; readonly refundable: boolean }): Decision;
  /** Gives back a charge, once. */
  refund(chargeId: string): void;
}

/**
 * Holds requests against a `RateLimiter` in the memory of this process.
 *
 * @param limiter - Its policy may change while requests come in.
 */
export function limiterLimit(limiter: DecidingLimiter): HttpLimit {
  return {
    get policies() {
      return [limiter.policy];
    },
    take: (key, cost) => {
      const decision = limiter.take(key, { cost, refundable: true });
      const { chargeId } = decision.kind === 'admitted' ? decision : {};
      return { decisions: [decision], ...(chargeId === undefined ? {} : { chargeId }) };
    },
    refund: (chargeId) => limiter.refund(chargeId),
  };
}
