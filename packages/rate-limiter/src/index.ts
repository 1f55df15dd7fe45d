export type { Admitted, Decision, Limited } from './decision.ts';
export { RateLimiterError, type RateLimiterErrorCode } from './errors.ts';
export { InvariantViolation } from './invariant.ts';
export type {
  FixedWindowPolicy,
  GcraPolicy,
  RatePolicy,
  SlidingWindowCounterPolicy,
  SlidingWindowLogPolicy,
  TokenBucketPolicy,
} from './policy.ts';
export type { Check, RateLimitStore, StoreCallOptions, Verdict } from './store.ts';
