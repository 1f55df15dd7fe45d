import type { FaultProfile } from './fault-profile.ts';

/** The slowest that a run can be, in virtual seconds in a real one. */
export const SPEED_MIN = 0.01;
/** The fastest, as far as the machine can. */
export const SPEED_MAX = 1_000;

/** What the page shows of a run besides the cluster itself. */
export interface SimState {
  readonly seed: number;
  /** The name of a scenario; null for a cluster to play with. */
  readonly scenario: string | null;
  /** All there are. */
  readonly scenarios: readonly { readonly name: string; readonly title: string }[];
  /** What goes wrong by itself. */
  readonly faults: FaultProfile;
  /** Virtual time since the start, in ms. */
  readonly nowMs: number;
  /** The latest time that this run has been at; beyond it nothing is known yet. */
  readonly horizonMs: number;
  readonly isPlaying: boolean;
  /** Whether the run is on its way to a time that was asked for. */
  readonly isSeeking: boolean;
  /** That time. */
  readonly targetMs: number;
  /** Virtual seconds in a real one, `SPEED_MIN`..`SPEED_MAX`. */
  readonly speed: number;
  /** Equal for runs in which the same happened, on any machine. */
  readonly hash: string;
  /** The part of the address behind its `?` that makes this run again. */
  readonly link: string;
  /** What was done by hand. */
  readonly inputCount: number;
  /** What became of the claims of the scenario, once it is over. */
  readonly judgements: readonly {
    readonly claim: string;
    readonly holds: boolean;
    readonly detail: string;
  }[];
}
