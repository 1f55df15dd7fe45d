/** How an admitted call ended, if that says something about the service. */
export type CountedOutcome = 'success' | 'failure' | 'slowSuccess' | 'slowFailure';

/** How an admitted call ended, as far as the circuit is concerned. */
export type Outcome =
  | CountedOutcome
  /** Says nothing about the service: the permit goes back, nothing is counted. */
  | 'ignored';

/** Every outcome. */
export const outcomes: readonly Outcome[] = [
  'success',
  'failure',
  'slowSuccess',
  'slowFailure',
  'ignored',
];

/** Outcomes of one window, by kind. */
export interface OutcomeCounts {
  /** Calls that were counted. */
  readonly total: number;
  /** Those that failed, at any speed. */
  readonly failed: number;
  /** Those that were slow, whether or not they failed. */
  readonly slow: number;
  /** Those that were slow and failed. */
  readonly slowFailed: number;
}
