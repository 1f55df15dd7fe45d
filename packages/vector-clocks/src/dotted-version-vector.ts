/*
 * Dotted version vectors: many clients that write through few servers.
 *
 * With one entry for each client, vectors grow with everybody who ever wrote. With one entry for
 * each server, they stay small, and lie. Two clients read {s:1} and both write through server s.
 * The first write becomes {s:2}. The second one did not see the first, but its vector has to be
 * {s:3}, which says that it did: the first write is thrown away, though nobody replaced it.
 *
 * The idea: keep apart what a version is and what its writer had seen. The dot (s, 3) is the name
 * of the second write; its past is {s:1}, what the client had read. The first write, (s, 2), is not
 * in that past: they are concurrent, siblings of each other, and both are kept.
 *
 *   client 1 read {s:1}, wrote:  (s,2) after {s:1}  ─┐
 *                                                    ├─ siblings: context {s:3} for who reads both
 *   client 2 read {s:1}, wrote:  (s,3) after {s:1}  ─┘
 *
 * One version replaced another exactly if the dot of the other is in its past. That is one look-up,
 * however many entries the vectors have.
 *
 * A server hands out dots of its own name one after the other, and hands versions on all together,
 * siblings included. So who has the dot (s, 3) has (s, 2), or something that replaced it, and a
 * plain vector can be the context of a read. `DvvSet` keeps the same with one vector for all
 * siblings.
 *
 * Source: Preguiça, Baquero, Almeida, Fonte, Gonçalves, "Brief announcement: efficient causality
 * tracking in distributed storage systems with dotted version vectors", PODC 2012.
 */
import { successor } from './counter.ts';
import type { Dot } from './dot.ts';
import type { Ordering } from './ordering.ts';
import { checkReplicaId, type ReplicaId } from './replica-id.ts';
import { merge, VectorClock } from './vector-clock.ts';
import { covers, type VersionVector } from './version-vector.ts';

/** The name of a version, and what its writer had seen. */
export interface DottedVersionVector {
  readonly dot: Dot;
  /** Never covers `dot` itself. */
  readonly past: VersionVector;
}

/** How two versions stand to each other: 'before' if `right` replaced `left`. O(log n). */
export function compareDotted(left: DottedVersionVector, right: DottedVersionVector): Ordering {
  if (left.dot.id === right.dot.id && left.dot.counter === right.dot.counter) return 'equal';
  if (covers(right.past, left.dot)) return 'before';
  return covers(left.past, right.dot) ? 'after' : 'concurrent';
}

/**
 * What who read `versions` has seen: the context of a later write.
 *
 * @param versions - All siblings that a server has, not some.
 */
export function contextOf(versions: Iterable<DottedVersionVector>): VersionVector {
  let context = VectorClock.empty;
  for (const { dot, past } of versions) {
    context = merge(merge(context, past), VectorClock.of([[dot.id, dot.counter]]));
  }
  return context;
}

/**
 * The vector of a new version that a client writes through server `id`.
 *
 * @param versions - All siblings that the server has now.
 * @param context - What the client had read: `VectorClock.empty` for a write without a read.
 * @throws RangeError if `id` names no replica, or has made 2^53-1 versions.
 *
 * @remarks
 * A server that has no version left must remember its counter by other means, or it would name two
 * versions alike.
 *
 * @example
 * ```ts
 * import { compareDotted, contextOf, nextVersion, VectorClock } from '@quorate/vector-clocks';
 *
 * const first = nextVersion([], VectorClock.empty, 's');
 * const context = contextOf([first]);
 * const one = nextVersion([first], context, 's');
 * const other = nextVersion([one], context, 's');
 * compareDotted(first, one); // => 'before'
 * compareDotted(one, other); // => 'concurrent', as both writers had read `first` only
 * ```
 */
export function nextVersion(
  versions: Iterable<DottedVersionVector>,
  context: VersionVector,
  id: ReplicaId,
): DottedVersionVector {
  checkReplicaId('id', id);
  const known = Math.max(contextOf(versions).get(id), context.get(id));
  return { dot: { id, counter: successor('counter', known) }, past: context };
}

/**
 * The versions of both sets that no version of either has replaced, each once.
 *
 * @remarks
 * Commutative, associative and idempotent but for the order: those of `left` come first. A write is
 * a sync with a set of one. O(versions of left * versions of right).
 */
export function syncVersions<Version extends DottedVersionVector>(
  left: readonly Version[],
  right: readonly Version[],
): Version[] {
  const isReplaced = (version: Version, by: readonly Version[]): boolean =>
    by.some((other) => compareDotted(version, other) === 'before');
  const isKnown = (version: Version): boolean =>
    left.some((other) => compareDotted(version, other) === 'equal');
  return [
    ...left.filter((version) => !isReplaced(version, right)),
    ...right.filter((version) => !isKnown(version) && !isReplaced(version, left)),
  ];
}
