import type { RatePolicy } from '../policy.ts';
import type { RateLimitStore } from '../store.ts';
import type { HttpLimit } from './http-rate-limit.ts';

/**
 * Holds requests against `policies`, all of them or none, in a store.
 *
 * @param policies - At least one; each with a name of its own, which clients see.
 * @throws RangeError if there is none, or two have one name.
 */
export function storeLimit(store: RateLimitStore, policies: readonly RatePolicy[]): HttpLimit {
  const names = new Set(policies.map(({ name }) => name));
  if (policies.length === 0 || names.size < policies.length) {
    const got = policies.map(({ name }) => name).join(', ');
    throw new RangeError(`policies: expected at least one, no name twice, got [${got}]`);
  }
  return {
    policies,
    take: (key, cost) => store.take(policies.map((policy) => ({ key, policy, cost }))),
    refund: (chargeId) => store.refund(chargeId),
  };
}
