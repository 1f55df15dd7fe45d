/*
 * How much a cluster admits, at most, when all goes wrong that may.
 *
 * Alone, a policy has an envelope: what it admits in any interval of a given length. A cluster adds
 * three things to it, and each has its bound.
 *
 * 1. Leases. What is spent in an interval was charged at the owner in that interval or up to
 *    `leaseMs` before it. So the interval counts as `leaseMs` longer.
 * 2. Shares. A node that cannot reach the owner decides with its share of the policy. All shares
 *    together are one more policy of `memberCount * localShare` times the size, 1 by default, and
 *    less by the owner's own, which it does not need.
 * 3. Lost state. An owner that has just begun, because it or its predecessor restarted or because
 *    the members changed, does not know what was spent. It begins with `startingShare` of the
 *    burst, and goes on at the policy's rate from there; each beginning adds so much. Where windows
 *    are counted, they begin anew with it, which adds one more. A share begins anew with each
 *    restart, too.
 *
 * While two nodes both believe to own a key, because one has not heard of a change of members, both
 * admit at the policy's rate.
 */
import type { RatePolicy } from '../policy.ts';
import { burstOf, shareOf } from './share.ts';

/** What happened to a cluster, and how it is set up. */
export interface OvershootCase {
  readonly memberCount: number;
  /** As in the options of the store. */
  readonly leaseMs: number;
  /** As in the options; default: 1 / `memberCount`. */
  readonly localShare?: number;
  /** As in the options; default: 1 / `memberCount`. */
  readonly startingShare?: number;
  /** How many nodes could not reach the key's owner at some time. Default: 0. */
  readonly cutOffCount?: number;
  /** How often an owner of the key began: by a restart, or a change of members. Default: 0. */
  readonly ownerStartCount?: number;
  /** How often a node restarted that could not reach the owner then. Default: 0. */
  readonly shareStartCount?: number;
}

/**
 * What a cluster admits of one key in any interval of `durationMs`, at most, by whatever faults.
 *
 * @remarks
 * By clocks that run alike; one that runs fast by a part in a thousand counts as much less time.
 * While several nodes believe to own the key, take it for each of them.
 *
 * @example
 * ```ts
 * import { gcra } from '@quorate/rate-limiter';
 * import { admittedMax } from '@quorate/rate-limiter/cluster';
 *
 * const policy = gcra({ limit: 100, windowMs: 1_000 });
 * const calm = { memberCount: 4, leaseMs: 500 };
 * admittedMax(policy, 1_000, calm); // => 250
 * admittedMax(policy, 1_000, { ...calm, cutOffCount: 3 }); // => 400
 * admittedMax(policy, 1_000, { ...calm, ownerStartCount: 1 }); // => 275
 * ```
 */
export function admittedMax(policy: RatePolicy, durationMs: number, given: OvershootCase): number {
  const { memberCount, leaseMs, cutOffCount = 0, ownerStartCount = 0, shareStartCount = 0 } = given;
  const { localShare = 1 / memberCount, startingShare = 1 / memberCount } = given;
  const share = shareOf(policy, localShare);
  const atOwner = envelope(policy, durationMs + leaseMs);
  const started = ownerStartCount * (startingCost(policy, startingShare) + extraWindow(policy));
  if (share === undefined) return atOwner + started;
  const apart = cutOffCount * envelope(share, durationMs) + shareStartCount * burstOf(share);
  return atOwner + started + apart;
}

/** What a window that ends early, because the next owner counts by its own clock, adds. */
function extraWindow({ kind, limit }: RatePolicy): number {
  return kind === 'fixedWindow' || kind === 'slidingWindowCounter' ? limit : 0;
}

/** What an owner that knows nothing of a key admits at once: a part of the burst, but something. */
export function startingCost(policy: RatePolicy, startingShare: number): number {
  return Math.max(1, Math.floor(burstOf(policy) * startingShare));
}

/** What `policy` alone admits in any interval of `durationMs`, its ends included. */
export function envelope(policy: RatePolicy, durationMs: number): number {
  const { limit, windowMs } = policy;
  switch (policy.kind) {
    case 'gcra':
    case 'tokenBucket':
      return policy.burst + Math.floor((limit * durationMs) / windowMs);
    case 'slidingWindowLog':
      return limit * (Math.floor(durationMs / windowMs) + 1);
    case 'slidingWindowCounter':
      if (durationMs <= windowMs) return Math.floor(limit * (1 + durationMs / windowMs));
      return limit * (Math.floor(durationMs / windowMs) + 2);
    case 'fixedWindow':
      return limit * (Math.floor(durationMs / windowMs) + 2);
  }
}
