import type { ReplicaId } from '../replica-id.ts';
import type { VectorClock } from '../vector-clock.ts';

/**
 * One event of one process, as it is told afterwards. Its clock is all that places it: the event is
 * the `clock.get(host)`-th of its process, and everything that the clock covers came before it.
 */
export interface TraceEvent {
  /** The process. */
  readonly host: ReplicaId;
  /** What happened, for people. */
  readonly text: string;
  /** What had happened before, with the event itself. */
  readonly clock: VectorClock;
}
