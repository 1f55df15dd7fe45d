/*
 * Version vectors: which versions of some data a replica has.
 *
 * The same numbers as in a vector clock, read otherwise. A vector clock counts events of processes,
 * receipts of messages included; a version vector counts updates of data, and receiving one is no
 * update. So a replica that only reads and synchronizes never raises its own number, and two
 * replicas that have synchronized have equal vectors, as their data are equal.
 *
 * Read as knowledge, a vector says for each replica "its first n updates, all of them". That makes
 * synchronization a subtraction: what the other has and I have not is one range for each replica,
 * whatever the number of updates. It holds as long as updates of a replica arrive in their order;
 * where they do not, see `VersionVectorWithExceptions`.
 *
 * Source: Parker et al., "Detection of mutual inconsistency in distributed systems", IEEE
 * Transactions on Software Engineering, 1983.
 */
import { successor } from './counter.ts';
import type { Dot } from './dot.ts';
import { checkReplicaId, type ReplicaId } from './replica-id.ts';
import type { VectorClock } from './vector-clock.ts';

/** How many updates of each replica are known, from its first one on. */
export type VersionVector = VectorClock;

/** Updates of one replica that follow each other. */
export interface DotRange {
  readonly id: ReplicaId;
  /** The counter of the first one, included. */
  readonly first: number;
  /** The counter of the last one, included. */
  readonly last: number;
}

/** Whether the event, or version, `dot` is among those that `known` tells of. O(log n). */
export function covers(known: VersionVector, dot: Dot): boolean {
  return known.get(dot.id) >= dot.counter;
}

/**
 * The name of the next update of `id`, by who has seen all its updates so far: itself.
 *
 * @throws RangeError if `id` names no replica, or has made 2^53-1 updates.
 */
export function nextDot(known: VersionVector, id: ReplicaId): Dot {
  checkReplicaId('id', id);
  return { id, counter: successor('counter', known.get(id)) };
}

/**
 * What `other` has and `known` has not: what to ask of the other, or to send to who told `known`.
 *
 * @returns At most one range for each replica, by ascending ids. O(m log n).
 *
 * @example
 * ```ts
 * import { missingDots, VectorClock } from '@quorate/vector-clocks';
 *
 * const mine = VectorClock.of([['a', 4]]);
 * const theirs = VectorClock.of([['a', 6], ['b', 1]]);
 * missingDots(mine, theirs);
 * // => [{ id: 'a', first: 5, last: 6 }, { id: 'b', first: 1, last: 1 }]
 * ```
 */
export function missingDots(known: VersionVector, other: VersionVector): DotRange[] {
  const ranges: DotRange[] = [];
  for (const [id, last] of other) {
    const counter = known.get(id);
    if (counter < last) ranges.push({ id, first: counter + 1, last });
  }
  return ranges;
}
