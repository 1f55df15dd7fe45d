import type { CircuitState } from './circuit-state.ts';
import type { CircuitTallies } from './circuit-tallies.ts';
import type { Circuit } from './circuit.ts';
import type { OutcomeCounts } from './outcome.ts';

/** A circuit at one instant. */
export interface CircuitStatus {
  readonly name: string;
  /** The state that a call would meet now. */
  readonly state: CircuitState;
  readonly generation: number;
  /** Openings in a row. */
  readonly openings: number;
  /**
   * Milliseconds until trial calls are taken; `undefined` when something else than time decides.
   */
  readonly retryAfterMs: number | undefined;
  /** What the present window holds: that of the trial calls in half-open, or else of the calls. */
  readonly counts: OutcomeCounts;
  /** Share of failures in it, 0..1; `undefined` below the minimum of calls or without a rate. */
  readonly failureRate: number | undefined;
  /** Share of slow calls in it, 0..1; `undefined` likewise. */
  readonly slowRate: number | undefined;
  /** What it has counted since it began. */
  readonly tallies: CircuitTallies;
}

/** `circuit` at `nowMs`, as copies: what happens afterwards does not change it. O(1). */
export function statusOf(circuit: Circuit, name: string, nowMs: number): CircuitStatus {
  const { total, failed, slow, slowFailed } = circuit.counts;
  const hasRate = total >= circuit.minimumForRate;
  return {
    name,
    state: circuit.stateAt(nowMs),
    generation: circuit.generation,
    openings: circuit.openings,
    retryAfterMs: circuit.retryAfterMsAt(nowMs),
    counts: { total, failed, slow, slowFailed },
    failureRate: hasRate ? failed / total : undefined,
    slowRate: hasRate ? slow / total : undefined,
    tallies: { ...circuit.tallies },
  };
}
