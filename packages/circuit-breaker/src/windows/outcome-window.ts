import type { CountedOutcome, OutcomeCounts } from '../outcome.ts';

/** What a circuit remembers of the calls that ended. Bounded, and every operation is O(1). */
export interface OutcomeWindow {
  /** What it holds now. The same object all its life, so that reading costs nothing. */
  readonly counts: OutcomeCounts;
  /**
   * Counts one outcome.
   *
   * @param nowMs - Read by windows of time only. Never falls.
   */
  record(outcome: CountedOutcome, nowMs: number): void;
  /** Forgets what is too old at `nowMs`. */
  advance(nowMs: number): void;
  /** Forgets everything. */
  clear(): void;
}

/** Counts that a window changes in place. */
export interface MutableCounts {
  total: number;
  failed: number;
  slow: number;
  slowFailed: number;
}

/** An outcome as two bits: 1 for failed, 2 for slow. */
export type OutcomeBits = 0 | 1 | 2 | 3;

/** `outcome` as two bits. */
export function bitsOf(outcome: CountedOutcome): OutcomeBits {
  switch (outcome) {
    case 'success':
      return 0;
    case 'failure':
      return 1;
    case 'slowSuccess':
      return 2;
    case 'slowFailure':
      return 3;
  }
}

/** What `bits` stand for. */
export function outcomeOf(bits: number): CountedOutcome {
  if (bits === 0) return 'success';
  if (bits === 1) return 'failure';
  return bits === 2 ? 'slowSuccess' : 'slowFailure';
}
