/*
 * A matrix clock: what I know of what each of the others knows.
 *
 * A vector clock tells what has reached me. To know what has reached the others, keep the vector of
 * each: row i holds what i is known to have seen. A message carries all rows; who receives it takes
 * the larger numbers row by row, and adds the sender's row to its own, as it now knows what the
 * sender knew. So knowledge of knowledge travels as news does, over others too.
 *
 * It costs n rows of n numbers, in memory and in each message. Where every member hears every other
 * one directly, `CausalStability` needs vectors only.
 *
 * Source: Wuu and Bernstein, "Efficient solutions to the replicated log and dictionary problems",
 * PODC 1984.
 */
import { stableCut } from './causal-stability.ts';
import { checkReplicaId, type ReplicaId } from './replica-id.ts';
import { increment, merge, VectorClock } from './vector-clock.ts';

/** One row: what a replica is known to have seen. */
export type MatrixRow = readonly [id: ReplicaId, clock: VectorClock];

/**
 * What each replica is known to have seen: a value that never changes.
 *
 * @example
 * ```ts
 * import { MatrixClock } from '@quorate/vector-clocks';
 *
 * const sent = MatrixClock.empty.increment('a');
 * const received = MatrixClock.empty.receive('b', 'a', sent);
 * received.row('b').get('a'); // => 1, b has seen the event of a
 * received.cut(['a', 'b']).get('a'); // => 1, and so has a: it is stable
 * received.cut(['a', 'b', 'c']).get('a'); // => 0
 * ```
 */
export class MatrixClock {
  /** The matrix in which nobody has seen anything. */
  static readonly empty: MatrixClock = new MatrixClock(new Map());

  readonly #rows: ReadonlyMap<ReplicaId, VectorClock>;

  private constructor(rows: ReadonlyMap<ReplicaId, VectorClock>) {
    this.#rows = rows;
  }

  /**
   * The matrix with these rows.
   *
   * @throws RangeError or TypeError for an id that names no replica, or that comes twice.
   */
  static of(rows: Iterable<MatrixRow>): MatrixClock {
    const checked = new Map<ReplicaId, VectorClock>();
    for (const [id, clock] of rows) {
      checkReplicaId('id', id);
      if (checked.has(id)) {
        throw new RangeError(`rows: expected ids that differ, got ${JSON.stringify(id)} twice`);
      }
      checked.set(id, clock);
    }
    return new MatrixClock(checked);
  }

  /** What `id` is known to have seen. */
  row(id: ReplicaId): VectorClock {
    return this.#rows.get(id) ?? VectorClock.empty;
  }

  /** The rows that are known, by ascending ids. */
  rows(): MatrixRow[] {
    return [...this.#rows].sort(([left], [right]) => (left < right ? -1 : 1));
  }

  /** The matrix after an event of `id`, which only its own row shows yet. */
  increment(id: ReplicaId): MatrixClock {
    return this.#with(id, increment(this.row(id), id));
  }

  /** The matrix in which `id` is known to have seen what `clock` tells of, too. */
  observe(id: ReplicaId, clock: VectorClock): MatrixClock {
    return this.#with(checkReplicaId('id', id), merge(this.row(id), clock));
  }

  /** What this one or `other` knows, of everybody. */
  merge(other: MatrixClock): MatrixClock {
    const rows = new Map(this.#rows);
    for (const [id, clock] of other.#rows) rows.set(id, merge(this.row(id), clock));
    return new MatrixClock(rows);
  }

  /**
   * The matrix of `self` after a message of `from` that carried `sent`. The receipt is no event;
   * say `increment` if it is one for you.
   */
  receive(self: ReplicaId, from: ReplicaId, sent: MatrixClock): MatrixClock {
    return this.merge(sent).observe(self, sent.row(from));
  }

  /**
   * What all of `members` are known to have seen.
   *
   * @remarks
   * Name current members only: of a member that left nothing is heard, and nothing gets stable.
   */
  cut(members: Iterable<ReplicaId>): VectorClock {
    return stableCut([...members].map((id) => this.row(id)));
  }

  #with(id: ReplicaId, clock: VectorClock): MatrixClock {
    return new MatrixClock(new Map(this.#rows).set(id, clock));
  }
}
