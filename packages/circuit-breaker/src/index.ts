export type { CircuitBreakerOptions } from './circuit-breaker-options.ts';
export {
  CircuitBreakerRegistry,
  type CircuitBreakerRegistryOptions,
  type RegistryStats,
} from './circuit-breaker-registry.ts';
export { CircuitBreaker, type Hydration } from './circuit-breaker.ts';
export type {
  CircuitChange,
  CircuitSurroundings,
  HearsayOutcome,
  TransitionReason,
} from './circuit-change.ts';
export type { CircuitBreakerEvent, CircuitCallEvent } from './circuit-events.ts';
export {
  type CircuitOptions,
  circuitSettings,
  type CircuitSettings,
  type HalfOpenOptions,
} from './circuit-options.ts';
export { type CircuitState, circuitStates, mayFollow } from './circuit-state.ts';
export type { CircuitStatus } from './circuit-status.ts';
export type { CircuitTallies } from './circuit-tallies.ts';
export { Circuit } from './circuit.ts';
export {
  type CallResult,
  type Classification,
  type Classify,
  classifyBy,
  type ClassifyParts,
  type OpenFor,
} from './classify.ts';
export {
  CircuitBreakerDisposedError,
  CircuitBreakerError,
  type CircuitBreakerErrorCode,
  CircuitOpenError,
} from './errors.ts';
export type { ForcedOpen } from './forced-open.ts';
export { InvariantViolation } from './invariant.ts';
export { aimd, type AimdOptions } from './limits/aimd.ts';
export { gradient2, type Gradient2Options } from './limits/gradient2.ts';
export type { ConcurrencyLimit, LimitRange, LimitSample } from './limits/limit.ts';
export type { SampleWindowOptions } from './limits/sample-window.ts';
export { vegas, type VegasOptions } from './limits/vegas.ts';
export type { StopListening } from './listeners.ts';
export {
  defaultOpenWait,
  type ExponentialWait,
  type OpenWait,
  type OpenWaitSettings,
} from './open-wait.ts';
export type { CountedOutcome, Outcome, OutcomeCounts } from './outcome.ts';
export type { Permit, Refusal } from './permit.ts';
export {
  AdaptiveConcurrency,
  adaptiveConcurrency,
  type AdaptiveConcurrencyOptions,
  type LoadSign,
} from './policies/adaptive-concurrency.ts';
export {
  AdaptiveThrottle,
  adaptiveThrottle,
  type AdaptiveThrottleOptions,
} from './policies/adaptive-throttle.ts';
export { Bulkhead, bulkhead, type BulkheadOptions } from './policies/bulkhead.ts';
export {
  CallOvertakenError,
  type CallRefusal,
  CallRefusedError,
  CallTimeoutError,
} from './policies/errors.ts';
export { fallback, type FallbackOptions } from './policies/fallback.ts';
export { Hedge, hedge, type HedgeOptions } from './policies/hedge.ts';
export { type Pipeline, pipeline, type PoliciesOf, type RunOptions } from './policies/pipeline.ts';
export {
  PriorityShedder,
  priorityShedder,
  type PriorityShedderOptions,
} from './policies/priority-shedder.ts';
export { retry, type RetryEvent, type RetryOptions } from './policies/retry.ts';
export { SingleFlight, type SingleFlightOptions } from './policies/single-flight.ts';
export { timeout, type TimeoutOptions } from './policies/timeout.ts';
export type { QueueOptions } from './policies/waiting-room.ts';
export type { CallContext, Policy, Work } from './policy.ts';
export { refused, type RefusalReason } from './refusal.ts';
export { RetryBudget, type RetryBudgetOptions } from './retry-budget.ts';
export { type BackOff, defaultBackOff, type Jitter } from './retry-delay.ts';
export type { ShedRange } from './shed-probability.ts';
export type { CircuitSnapshot, SnapshotRefusal, WindowSnapshot } from './snapshot.ts';
export {
  consecutiveFailures,
  type ConsecutiveFailuresPolicy,
  countWindow,
  type CountWindowPolicy,
  defaultTripPolicy,
  type RateThresholds,
  type SlowCallOptions,
  timeWindow,
  type TimeWindowPolicy,
  type TripPolicy,
  type TripReason,
  type TripSettings,
} from './trip-policy.ts';
export type { WarmUpOptions, WarmUpSettings } from './warm-up.ts';
export type { TimeBucket } from './windows/time-window.ts';
