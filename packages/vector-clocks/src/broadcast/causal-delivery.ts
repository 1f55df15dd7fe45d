import type { ReplicaId } from '../replica-id.ts';
import { VectorClock } from '../vector-clock.ts';

/** A message as it is delivered. */
export class CausalDelivery {
  /** The member that published it, as `memberId` names it. */
  readonly origin: ReplicaId;
  /** Which of its messages: 1 for the first, one more for each. */
  readonly counter: number;
  /** What was published. Shared with what is kept for others: never write. */
  readonly payload: Uint8Array;
  readonly #ids: readonly ReplicaId[];
  readonly #vector: Float64Array;

  /** Made by `CausalBroadcast`. */
  constructor(index: number, ids: readonly ReplicaId[], vector: Float64Array, payload: Uint8Array) {
    this.origin = ids[index] ?? '';
    this.counter = vector[index] ?? 0;
    this.payload = payload;
    this.#ids = ids;
    this.#vector = vector;
  }

  /**
   * What its origin had delivered when it published, this message included: two messages are
   * concurrent if neither clock covers the other's. Made when it is asked for, O(members).
   */
  get clock(): VectorClock {
    return new VectorClock(this.#ids, Array.from(this.#vector));
  }
}
