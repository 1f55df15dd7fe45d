/** What went wrong, as a literal that survives bundling and duplicate installs. */
export type CircuitBreakerErrorCode =
  | 'CIRCUIT_BREAKER_CLOSED'
  | 'CALL_REFUSED'
  | 'CALL_TIMED_OUT'
  | 'CALL_OVERTAKEN';

/** The root of the errors this package throws on purpose. Match on `code`. */
export abstract class CircuitBreakerError extends Error {
  abstract readonly code: CircuitBreakerErrorCode;
}
