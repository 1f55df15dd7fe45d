export { bindingDecision } from './binding-decision.ts';
export { windowPhaseUs } from './algorithms/fixed-window.ts';
export { coarseClock } from './coarse-clock.ts';
export {
  ConcurrencyLeases,
  type ConcurrencyOptions,
  type LeaseAdmitted,
  type LeaseDecision,
  type LeaseLimited,
} from './concurrency.ts';
export type { Admitted, Decision, Limited } from './decision.ts';
export { type RateState, takeStep, type TakeRequest, type TakeStep } from './decide.ts';
export {
  RateLimiterClosedError,
  RateLimiterError,
  type RateLimiterErrorCode,
  StoreLateError,
} from './errors.ts';
export { InvariantViolation } from './invariant.ts';
export { KeyLimiter } from './key-limiter.ts';
export { createMemoryRateLimitStore } from './local-store.ts';
export type { LedgerDump, MemoryDump } from './memory-dump.ts';
export { MemoryStore, type MemoryStoreOptions, type MemoryStoreStats } from './memory-store.ts';
export {
  assertPolicy,
  type BurstOptions,
  COST_MAX,
  fixedWindow,
  type FixedWindowOptions,
  type FixedWindowPolicy,
  gcra,
  type GcraPolicy,
  type RateOptions,
  type RatePolicy,
  slidingWindowCounter,
  type SlidingWindowCounterPolicy,
  slidingWindowLog,
  type SlidingWindowLogPolicy,
  tokenBucket,
  type TokenBucketPolicy,
  WINDOW_MS_MAX,
} from './policy.ts';
export {
  type AtTime,
  type Priority,
  RateLimiter,
  type RateLimiterOptions,
  type TakeOptions,
} from './rate-limiter.ts';
export { type NotReserved, type Reservation, Reservations } from './reservations.ts';
export {
  SharedRateLimiter,
  type SharedRateLimiterOptions,
  type SharedTakeOptions,
  type StoreFailurePolicy,
  type StoreGuard,
  type StorePermit,
} from './shared-rate-limiter.ts';
export type {
  Check,
  RateLimitStore,
  StoreCallOptions,
  StoreTakeOptions,
  Verdict,
} from './store.ts';
export { LeakyQueue, type LeakyQueueOptions, type WaitOptions } from './waiting/leaky-queue.ts';
