export {
  CircuitBreaker,
  type CircuitRunOptions,
  type CircuitStatus,
  type ForcedOpen,
  type Hydration,
} from './circuit-breaker.ts';
export type { CircuitBreakerOptions } from './circuit-breaker-options.ts';
export {
  CircuitBreakerRegistry,
  type CircuitBreakerRegistryOptions,
  type RegistryStats,
} from './circuit-breaker-registry.ts';
export type { CircuitChange, TransitionReason } from './circuit-change.ts';
export type { CircuitBreakerEvent, CircuitCallEvent } from './circuit-events.ts';
export {
  type CircuitOptions,
  circuitSettings,
  type CircuitSettings,
  type HalfOpenOptions,
} from './circuit-options.ts';
export { type CircuitState, circuitStates, mayFollow } from './circuit-state.ts';
export {
  Circuit,
  type CircuitSurroundings,
  type CircuitTallies,
  type RefusalReason,
  refused,
} from './circuit.ts';
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
export { InvariantViolation } from './invariant.ts';
export type { StopListening } from './listeners.ts';
export {
  defaultOpenWait,
  type ExponentialWait,
  type OpenWait,
  type OpenWaitSettings,
} from './open-wait.ts';
export type { CountedOutcome, Outcome, OutcomeCounts } from './outcome.ts';
export type { Permit, Refusal } from './permit.ts';
export type { CallContext, Policy, Work } from './policy.ts';
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
