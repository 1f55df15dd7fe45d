/*
 * The set in which the last word on each element counts: add or remove.
 *
 * It is the map in which the last write wins, from elements to nothing. Of an addition and a
 * removal that did not see each other, the one with the later stamp decides, so that neither kind
 * wins by nature; where additions or removals must, see `awSet` and `rwSet`.
 *
 * Source: Shapiro, Preguiça, Baquero and Zawirski, "A comprehensive study of Convergent and
 * Commutative Replicated Data Types", INRIA RR-7506, 2011.
 */
import type { ReplicaId } from '../replica-id.ts';
import { type LwwMap, lwwMap } from './lww-map.ts';

/** The state of a set: a map from its elements. */
export type LwwSet = LwwMap<true>;

/**
 * A set of texts; the last addition or removal of each decides.
 *
 * @remarks Costs as of `lwwMap`.
 *
 * @example
 * ```ts
 * import { lwwSet } from '@quorate/crdts';
 *
 * const added = lwwSet.add(lwwSet.bottom, 'a', 'x', 1_000);
 * const removed = lwwSet.remove(added, 'b', 'x', 1_000);
 * lwwSet.has(lwwSet.join(removed, added), 'x'); // => false
 * ```
 */
export const lwwSet = {
  /** The set of nothing. */
  get bottom(): LwwSet {
    return lwwMap.bottom;
  },

  /** The later word on each element. */
  join(left: LwwSet, right: LwwSet): LwwSet {
    return lwwMap.join(left, right);
  },

  /** Whether `right` has each word of `left`, or a later one. */
  leq(left: LwwSet, right: LwwSet): boolean {
    return lwwMap.leq(left, right);
  },

  /** The parts, as of the map. */
  decompose(state: LwwSet): Iterable<LwwSet> {
    return lwwMap.decompose(state);
  },

  /** Whether `element` is in the set. O(log n). */
  has(state: LwwSet, element: string): boolean {
    return lwwMap.has(state, element);
  },

  /** What is in the set, in ascending order of code units. */
  *elements(state: LwwSet): Generator<string> {
    for (const [element] of lwwMap.entries(state)) yield element;
  },

  /** The delta of adding `element`, even if it is there. For arguments see `lwwMap.set`. */
  add(state: LwwSet, replicaId: ReplicaId, element: string, nowMs: number): LwwSet {
    return lwwMap.set(state, replicaId, element, true, nowMs);
  },

  /** The delta of removing `element`; `bottom` if it is not there. */
  remove(state: LwwSet, replicaId: ReplicaId, element: string, nowMs: number): LwwSet {
    return lwwMap.remove(state, replicaId, element, nowMs);
  },

  /** Drops the tombstones that `stable` has seen, as `lwwMap.compact`. */
  compact(state: LwwSet, stable: LwwSet): LwwSet {
    return lwwMap.compact(state, stable);
  },
};
