import type { CountedOutcome } from './outcome.ts';

/** What a circuit has counted since it began. Everything only rises. */
export interface CircuitTallies {
  /** Calls that were admitted. */
  readonly admittedCount: number;
  /** Calls that were refused. */
  readonly refusedCount: number;
  /** Admitted calls that succeeded and were counted. */
  readonly successCount: number;
  /** Admitted calls that failed and were counted. */
  readonly failureCount: number;
  /** Those of both kinds that were slow. */
  readonly slowCount: number;
  /** Outcomes that said nothing about the service. */
  readonly ignoredCount: number;
  /** Outcomes that came after the state in which their call had begun. They counted for nothing. */
  readonly lateCount: number;
}

/** Tallies as a circuit keeps them. */
export class Tallies implements CircuitTallies {
  admittedCount = 0;
  refusedCount = 0;
  successCount = 0;
  failureCount = 0;
  slowCount = 0;
  ignoredCount = 0;
  lateCount = 0;

  /** Counts the outcome of a call. */
  record(outcome: CountedOutcome): void {
    if (outcome === 'success' || outcome === 'slowSuccess') this.successCount += 1;
    else this.failureCount += 1;
    if (outcome === 'slowSuccess' || outcome === 'slowFailure') this.slowCount += 1;
  }
}
