import { checkCounter } from './counter.ts';
import { checkReplicaId, type ReplicaId } from './replica-id.ts';

/** The name of one event, or of one version: the `counter`-th of replica `id`. */
export interface Dot {
  readonly id: ReplicaId;
  /** 1..2^53-1. */
  readonly counter: number;
}

/**
 * The dot of these two, checked.
 *
 * @throws RangeError or TypeError if `id` names no replica, or `counter` counts no event.
 */
export function dot(id: ReplicaId, counter: number): Dot {
  return { id: checkReplicaId('id', id), counter: checkCounter('counter', counter) };
}

/**
 * Orders dots by id, then by counter; 0 for the same dot. Total, the same everywhere, and without a
 * meaning: use it to list dots, never to say which came first.
 */
export function compareDots(left: Dot, right: Dot): number {
  if (left.id !== right.id) return left.id < right.id ? -1 : 1;
  return left.counter - right.counter;
}
