import type { RatePolicy } from '../policy.ts';

/**
 * What one of many nodes may admit on its own while it cannot reach an owner: `share` of `policy`,
 * rounded down, so that all nodes together admit no more than `policy` does.
 *
 * @param share - More than 0, at most 1.
 * @returns `undefined` if the share of the limit, or of the burst, is less than one.
 */
export function shareOf(policy: RatePolicy, share: number): RatePolicy | undefined {
  const limit = Math.floor(policy.limit * share);
  if (limit < 1) return undefined;
  if (!('burst' in policy)) return { ...policy, limit };
  const burst = Math.floor(policy.burst * share);
  return burst < 1 ? undefined : { ...policy, limit, burst };
}

/** What `policy` admits at one instant, at most. */
export function burstOf(policy: RatePolicy): number {
  return 'burst' in policy ? policy.burst : policy.limit;
}

/** After which a key that has nothing left has all of it. */
export function fullAfterMs(policy: RatePolicy): number {
  switch (policy.kind) {
    case 'gcra':
    case 'tokenBucket':
      return (policy.windowMs * policy.burst) / policy.limit;
    case 'slidingWindowCounter':
      return 2 * policy.windowMs;
    case 'fixedWindow':
    case 'slidingWindowLog':
      return policy.windowMs;
  }
}
