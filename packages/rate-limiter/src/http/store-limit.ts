import type { RatePolicy } from '../policy.ts';
import type { Check, RateLimitStore, Verdict } from '../store.ts';
import type { HttpLimit } from './http-rate-limit.ts';

/**
 * Holds requests against `policies`, all of them or none, in a store. What the store rejects with
 * is a failure of the limiter; `sharedLimit` has deadlines and a rule for that.
 *
 * @param policies - At least one; each with a name of its own, which clients see.
 * @throws RangeError if there is none, or two have one name.
 */
export function storeLimit(store: RateLimitStore, policies: readonly RatePolicy[]): HttpLimit {
  expectNames(policies);
  return {
    policies,
    take: (key, cost) => store.take(checksOf(policies, key, cost)),
    refund: (chargeId) => store.refund(chargeId),
  };
}

/** What is used of a `SharedRateLimiter`. */
export interface DecidingSharedLimiter {
  /** Decides about one request under several limits. */
  takeAll(checks: readonly Check[]): Promise<Verdict>;
  /** Gives back a charge, once. */
  refund(chargeId: string): Promise<void>;
}

/**
 * Holds requests against `policies`, all of them or none, by a `SharedRateLimiter`.
 *
 * @param policies - At least one; each with a name of its own, which clients see.
 * @throws RangeError if there is none, or two have one name.
 */
export function sharedLimit(
  limiter: DecidingSharedLimiter,
  policies: readonly RatePolicy[],
): HttpLimit {
  expectNames(policies);
  return {
    policies,
    take: (key, cost) => limiter.takeAll(checksOf(policies, key, cost)),
    refund: (chargeId) => limiter.refund(chargeId),
  };
}

function checksOf(policies: readonly RatePolicy[], key: string, cost: number): readonly Check[] {
  return policies.map((policy) => ({ key, policy, cost }));
}

function expectNames(policies: readonly RatePolicy[]): void {
  const names = new Set(policies.map(({ name }) => name));
  if (policies.length > 0 && names.size === policies.length) return;
  const got = policies.map(({ name }) => name).join(', ');
  throw new RangeError(`policies: expected at least one, no name twice, got [${got}]`);
}
