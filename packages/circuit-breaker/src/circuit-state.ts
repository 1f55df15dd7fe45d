/** What a circuit does with calls. */
export type CircuitState =
  /** Admits every call and counts how it ends. */
  | 'closed'
  /** Refuses every call until its wait is over. */
  | 'open'
  /** Admits a few trial calls, whose outcomes decide between `closed` and `open`. */
  | 'halfOpen'
  /** Refuses every call until somebody says otherwise. */
  | 'forcedOpen'
  /** Admits every call and counts nothing. */
  | 'disabled'
  /** Admits every call and counts; tells when it would have opened, and never does. */
  | 'metricsOnly';

/** Every state, in the order in which they are explained. */
export const circuitStates: readonly CircuitState[] = [
  'closed',
  'open',
  'halfOpen',
  'forcedOpen',
  'disabled',
  'metricsOnly',
];

/**
 * Where each state may lead, by hand or by itself.
 *
 * Two moves are missing on purpose. A closed circuit has nothing to try out, so it does not become
 * half-open. One that only watches must be told to act first: it closes before it can open.
 */
const successors: Readonly<Record<CircuitState, ReadonlySet<CircuitState>>> = {
  closed: new Set(['closed', 'open', 'forcedOpen', 'disabled', 'metricsOnly']),
  open: new Set(circuitStates),
  halfOpen: new Set(circuitStates),
  forcedOpen: new Set(circuitStates),
  disabled: new Set(circuitStates),
  metricsOnly: new Set(['closed', 'forcedOpen', 'disabled', 'metricsOnly']),
};

/** Whether a circuit in state `from` may go to state `to`. */
export function mayFollow(from: CircuitState, to: CircuitState): boolean {
  return successors[from].has(to);
}

/** @throws RangeError if a circuit in state `from` may not go to state `to`. */
export function checkTransition(from: CircuitState, to: CircuitState): void {
  if (mayFollow(from, to)) return;
  const known = [...successors[from]].join(', ');
  throw new RangeError(`state: expected one of ${known} after ${from}, got ${to}`);
}

/** Whether `value` names a state. */
export function isCircuitState(value: unknown): value is CircuitState {
  return circuitStates.some((state) => state === value);
}
