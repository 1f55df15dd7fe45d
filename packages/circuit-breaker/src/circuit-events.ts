import type { RefusalReason } from './refusal.ts';
import type { CircuitChange } from './circuit-change.ts';
import type { Outcome } from './outcome.ts';

/** Something that happened to a circuit. */
export type CircuitBreakerEvent = CircuitChange & {
  /** The name of the breaker. */
  readonly breakerName: string;
};

/** Something that happened to a call. */
export type CircuitCallEvent =
  | {
      readonly kind: 'refused';
      readonly breakerName: string;
      readonly reason: RefusalReason;
    }
  | {
      readonly kind: 'settled';
      readonly breakerName: string;
      readonly outcome: Outcome;
      /** How long it took; NaN if nobody listened when it began. */
      readonly durationMs: number;
      /** Whether the state in which it began was over, so that it counted for nothing. */
      readonly isLate: boolean;
    };
