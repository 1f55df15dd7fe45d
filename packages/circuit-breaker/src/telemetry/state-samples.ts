import { type CircuitState, circuitStates } from '../circuit-state.ts';
import { NAMES_MAX } from './bounded-names.ts';

/** What is read of a breaker whose state is measured. */
export interface BreakerState {
  readonly name: string;
  /** The state that a call would meet now. */
  readonly state: CircuitState;
}

/** One value of the gauge of states. */
export interface StateSample {
  readonly name: string;
  readonly state: CircuitState;
  /** 1 if a breaker of that name is in that state, or else 0. */
  readonly value: 0 | 1;
}

/**
 * A 0 or 1 for each state of each breaker, so that an alert needs to know no numbers. Breakers of
 * one name share their samples; those after the first 1,000 names have none.
 */
export function stateSamples(breakers: Iterable<BreakerState>): readonly StateSample[] {
  const byName = new Map<string, Set<CircuitState>>();
  for (const { name, state } of breakers) {
    const known = byName.get(name);
    if (known !== undefined) known.add(state);
    else if (byName.size < NAMES_MAX) byName.set(name, new Set([state]));
  }
  return [...byName].flatMap(([name, states]) =>
    circuitStates.map((state) => ({ name, state, value: states.has(state) ? 1 : 0 }) as const),
  );
}
