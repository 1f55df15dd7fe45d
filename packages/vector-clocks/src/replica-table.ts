import { checkReplicaId, type ReplicaId } from './replica-id.ts';
import { interned, positionOf } from './sorted-ids.ts';
import { VectorClock } from './vector-clock.ts';

/**
 * A fixed set of replicas that many clocks share.
 *
 * @remarks
 * Clocks that were made apart, of messages or of rows of a table, hold ids of their own, and
 * `compare` looks at each. Aligned to one table they share one array, and only numbers are
 * compared. A table suits members that are known beforehand; it costs each clock a number, of 0
 * mostly, for every replica.
 *
 * @example
 * ```ts
 * import { compare, ReplicaTable, VectorClock } from '@quorate/vector-clocks';
 *
 * const table = new ReplicaTable(['a', 'b', 'c']);
 * const left = table.align(VectorClock.of([['a', 1]]));
 * const right = table.align(VectorClock.of([['c', 1]]));
 * left.ids === right.ids; // => true
 * compare(left, right); // => 'concurrent'
 * left.size; // => 1, as zeros do not count
 * ```
 */
export class ReplicaTable {
  /** In ascending order of code units. */
  readonly ids: readonly ReplicaId[];

  /**
   * @param ids - In any order; an id that comes twice counts once.
   * @throws RangeError or TypeError for an id that names no replica.
   */
  constructor(ids: Iterable<ReplicaId>) {
    const checked = new Set<ReplicaId>();
    for (const id of ids) checked.add(interned(checkReplicaId('id', id)));
    this.ids = [...checked].sort((left, right) => (left < right ? -1 : 1));
  }

  /**
   * The same clock with the ids of this table; `clock` itself, if it knows a replica that is not in
   * the table.
   */
  align(clock: VectorClock): VectorClock {
    if (clock.ids === this.ids) return clock;
    const counters = this.ids.map(() => 0);
    for (const [id, counter] of clock) {
      const at = positionOf(this.ids, id);
      if (at < 0) return clock;
      counters[at] = counter;
    }
    return new VectorClock(this.ids, counters);
  }
}
