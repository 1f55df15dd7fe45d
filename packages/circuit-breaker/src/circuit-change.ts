import type { CircuitState } from './circuit-state.ts';
import type { TripReason } from './trip-policy.ts';

/** Why a circuit changed its state. */
export type TransitionReason =
  /** A threshold was reached, in the closed state or by the trial calls. */
  | TripReason
  /** An answer asked for it: `Retry-After` and the like. */
  | 'answer'
  /** It was open for long enough. */
  | 'waitOver'
  /** The trial calls went well. */
  | 'trialsPassed'
  /** Trial calls were admitted and never came back. */
  | 'trialsLost'
  /** The trial calls failed, and `mayOpen` said no. */
  | 'openingDenied'
  /** Somebody else has found out, and said so. */
  | 'hearsay'
  /** Somebody said so. */
  | 'byHand'
  /** The last of those who forced it open let go. */
  | 'released'
  /** It goes on from a snapshot, or begins in this state. */
  | 'restored';

/** What a circuit says of itself while it works. */
export type CircuitChange =
  | {
      readonly kind: 'transition';
      readonly from: CircuitState;
      readonly to: CircuitState;
      readonly reason: TransitionReason;
      /** The number of the state that begins. Permits of earlier ones count no more. */
      readonly generation: number;
    }
  | {
      /**
       * A threshold is reached. In `closed` a transition follows, or a denial; in `metricsOnly`
       * this is all that happens, once for each threshold since the state began.
       */
      readonly kind: 'thresholdReached';
      readonly threshold: TripReason;
      /** The rate, from 0 to 1; the length of the run for failures in a row. */
      readonly value: number;
    }
  | {
      /** It would have opened, and `mayOpen` said no: the circuit stays closed, or closes. */
      readonly kind: 'openingDenied';
      readonly reason: TransitionReason;
    }
  | {
      /** It was made as new. */
      readonly kind: 'reset';
      readonly from: CircuitState;
      readonly generation: number;
    };

/**
 * What became of the word of others that a circuit is to be open: it opened; it was not closed and
 * knew better; `mayOpen` said no.
 */
export type HearsayOutcome = 'opened' | 'notClosed' | 'denied';

/** What a circuit needs of those around it. */
export interface CircuitSurroundings {
  /** A random number in [0, 1), drawn once for each opening. */
  readonly draw: () => number;
  /** Asked before the circuit opens by itself; false keeps it closed, or closes it. */
  readonly mayOpen: () => boolean;
  /** Told of every change once it is complete. Must not call the circuit. */
  readonly onChange: (change: CircuitChange) => void;
}
