import type { RatePolicy } from '../policy.ts';
import type { RateAlgorithm } from './algorithm.ts';
import { FixedWindow } from './fixed-window.ts';
import { Gcra } from './gcra.ts';
import { SlidingWindowCounter } from './sliding-window-counter.ts';
import { SlidingWindowLog } from './sliding-window-log.ts';
import { TokenBucket } from './token-bucket.ts';

/** How `policy`, which has been checked, counts. */
export function createAlgorithm(policy: RatePolicy): RateAlgorithm {
  switch (policy.kind) {
    case 'gcra':
      return new Gcra(policy);
    case 'tokenBucket':
      return new TokenBucket(policy);
    case 'fixedWindow':
      return new FixedWindow(policy);
    case 'slidingWindowLog':
      return new SlidingWindowLog(policy);
    case 'slidingWindowCounter':
      return new SlidingWindowCounter(policy);
  }
}

/** The most that `policy` ever admits at one instant. */
export function capacityOf(policy: RatePolicy): number {
  return policy.kind === 'gcra' || policy.kind === 'tokenBucket' ? policy.burst : policy.limit;
}
