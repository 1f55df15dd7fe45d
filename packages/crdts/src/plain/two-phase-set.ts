/*
 * The two-phase set: elements come once and go once.
 *
 * Each element goes through three phases and never back: unknown, added, removed. The join takes
 * the later phase of each. So a removal wins over any addition, earlier, later or concurrent, and
 * the set needs no clocks and no names of replicas: the cheapest set that can shrink. It fits
 * elements that are unique by nature, such as ids of jobs or of messages.
 *
 * What is removed must be remembered, or an addition on its way would bring it back. Once the
 * removal is stable nothing is on its way any more, and `compact` forgets it. That asks one thing
 * of the application: that it never adds again what was removed. With a memory of removals such an
 * addition changes nothing; without it, replicas would differ on it until all have forgotten.
 *
 * Source: Shapiro, Preguiça, Baquero and Zawirski, "A comprehensive study of Convergent and
 * Commutative Replicated Data Types", INRIA RR-7506, 2011.
 */
import { checkText } from './element.ts';
import { emptyMap, SortedMap } from './sorted-map.ts';

/** What became of an element. */
export type Phase = 'added' | 'removed';

/** The state of a two-phase set. */
export type TwoPhaseSet = SortedMap<Phase>;

/**
 * A set of texts, each of which can be added once and removed once.
 *
 * @remarks A join costs O(m log(n/m + 1)) for m and n elements, those removed included.
 *
 * @example
 * ```ts
 * import { twoPhaseSet } from '@quorate/crdts';
 *
 * const added = twoPhaseSet.add(twoPhaseSet.bottom, 'x');
 * const removed = twoPhaseSet.remove(added, 'x');
 * twoPhaseSet.has(twoPhaseSet.join(removed, added), 'x'); // => false
 * ```
 */
export const twoPhaseSet = {
  /** The set of nothing. */
  get bottom(): TwoPhaseSet {
    return emptyMap;
  },

  /** The later phase of each element. */
  join(left: TwoPhaseSet, right: TwoPhaseSet): TwoPhaseSet {
    return left.union(right, (one, other) => (one === 'removed' ? one : other));
  },

  /** Whether `right` has each element of `left` in the same phase or a later one. */
  leq(left: TwoPhaseSet, right: TwoPhaseSet): boolean {
    return left.every(right, (phase, element) => {
      const other = right.get(element);
      return other === 'removed' || other === phase;
    });
  },

  /** One part for each element. */
  *decompose(state: TwoPhaseSet): Generator<TwoPhaseSet> {
    for (const [element, phase] of state) yield SortedMap.of(element, phase);
  },

  /** Whether `element` was added and not removed. O(log n). */
  has(state: TwoPhaseSet, element: string): boolean {
    return state.get(element) === 'added';
  },

  /** What was added and not removed, in ascending order of code units. */
  *elements(state: TwoPhaseSet): Generator<string> {
    for (const [element, phase] of state) if (phase === 'added') yield element;
  },

  /**
   * The delta of adding `element`; `bottom` if it is or was there.
   *
   * @throws TypeError or RangeError if it is no well-formed text.
   */
  add(state: TwoPhaseSet, element: string): TwoPhaseSet {
    return state.has(checkText('element', element)) ? emptyMap : SortedMap.of(element, 'added');
  },

  /** The delta of removing `element` for ever; `bottom` if it is not there. */
  remove(state: TwoPhaseSet, element: string): TwoPhaseSet {
    return twoPhaseSet.has(state, element) ? SortedMap.of(element, 'removed') : emptyMap;
  },

  /**
   * Forgets what was removed in `stable`. Only for elements that are never added again.
   *
   * @param stable - Held by all members, and in the past of all that is on its way to this replica.
   *   `ReplicatedValue.compact` finds it.
   */
  compact(state: TwoPhaseSet, stable: TwoPhaseSet): TwoPhaseSet {
    return state.filter((_, element) => stable.get(element) !== 'removed');
  },
};
