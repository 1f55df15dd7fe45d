/*
 * The grow-only set: what was ever added is in it, wherever and however often it was added.
 *
 * The join is the union of the sets. Nothing can go wrong with it, and nothing can be taken out of
 * it; it is the ground on which the other sets stand.
 *
 * Source: Shapiro, Preguiça, Baquero and Zawirski, "A comprehensive study of Convergent and
 * Commutative Replicated Data Types", INRIA RR-7506, 2011.
 */
import { checkText } from './element.ts';
import { emptyMap, SortedMap } from './sorted-map.ts';

/** The state of a grow-only set: its elements. */
export type GSet = SortedMap<true>;

/**
 * A set of texts that only grows.
 *
 * @remarks A join costs O(m log(n/m + 1)) for m and n elements.
 *
 * @example
 * ```ts
 * import { gSet } from '@quorate/crdts';
 *
 * const left = gSet.add(gSet.bottom, 'x');
 * const right = gSet.add(gSet.bottom, 'y');
 * [...gSet.elements(gSet.join(left, right))]; // => ['x', 'y']
 * ```
 */
export const gSet = {
  /** The set of nothing. */
  get bottom(): GSet {
    return emptyMap;
  },

  /** The elements of both. */
  join(left: GSet, right: GSet): GSet {
    return left.union(right, (one) => one);
  },

  /** Whether `right` has all elements of `left`. */
  leq(left: GSet, right: GSet): boolean {
    return left.every(right, (_, element) => right.has(element));
  },

  /** One part for each element. */
  *decompose(state: GSet): Generator<GSet> {
    for (const element of state.keys()) yield SortedMap.of(element, true);
  },

  /** Whether `element` was added. O(log n). */
  has(state: GSet, element: string): boolean {
    return state.has(element);
  },

  /** What was added, in ascending order of code units. */
  elements(state: GSet): Iterable<string> {
    return state.keys();
  },

  /**
   * The delta of adding `element`; `bottom` if it is there.
   *
   * @throws TypeError or RangeError if it is no well-formed text.
   */
  add(state: GSet, element: string): GSet {
    return state.has(checkText('element', element)) ? emptyMap : SortedMap.of(element, true);
  },
};
