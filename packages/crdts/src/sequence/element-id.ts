import type { Dot } from '../causal/causal-context.ts';

/**
 * The name of an element for all time: the dot of its insertion as text, such as `3@ann`. An empty
 * one stands for the root.
 */
export type ElementId = string;

/** The name of what a dot made. */
export function elementId({ counter, replicaId }: Dot): ElementId {
  return `${counter}@${replicaId}`;
}

/** The dot in a name. */
export function dotOf(id: ElementId): Dot {
  const at = id.indexOf('@');
  return { counter: Number(id.slice(0, at)), replicaId: id.slice(at + 1) };
}

/** The order of siblings: by replica, and then by number. */
export function compareIds(left: ElementId, right: ElementId): number {
  const [one, other] = [dotOf(left), dotOf(right)];
  if (one.replicaId !== other.replicaId) return one.replicaId < other.replicaId ? -1 : 1;
  return one.counter - other.counter;
}
