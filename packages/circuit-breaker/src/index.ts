export { CircuitBreakerError, type CircuitBreakerErrorCode } from './errors.ts';
export { InvariantViolation } from './invariant.ts';
export type { Outcome } from './outcome.ts';
export type { CallContext, Policy, Work } from './policy.ts';
