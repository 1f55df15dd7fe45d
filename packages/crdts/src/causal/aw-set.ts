import type { ReplicaId } from '../replica-id.ts';
import { contextOf, nextDot } from './causal-context.ts';
import { type Causal, decomposeCausal, joinCausal, leqCausal, removal } from './causal.ts';
import { dotFun, type DotSet, dotted } from './dot-fun.ts';
import { type DotMap, dotMap, type DotMapStore, emptyMap, mapOf } from './dot-map.ts';
import { countOf, entriesOf, get, type Key } from '../ordered-map.ts';

/** A set to which elements are added and from which they are removed: `awSet`. */
export type AwSet<Element extends Key> = Causal<DotMap<Element, DotSet>>;

const store: DotMapStore<DotSet> = /* @__PURE__ */ dotMap<DotSet>(dotFun);
const bottom: AwSet<never> = { store: emptyMap, context: undefined };

/**
 * The add-wins set: an element that one adds while another removes it stays.
 *
 * @remarks
 * A removal takes with it the additions that its replica had seen, and no others. Nothing is left
 * of a removed element: the context remembers that it was there. This is the observed-remove set
 * without tombstones (Bieniusa et al., "An optimized conflict-free replicated set", 2012) in the
 * form of Almeida, Shoker and Baquero, "Delta state replicated data types", JPDC 2018.
 *
 * Mutators return a delta. Join it into the state, and send it. O(log n) each, and so is the join
 * of a delta of one element; a whole state joins in O(n), less what is shared, and O(log n) for
 * each element that differs.
 *
 * @example
 * ```ts
 * import { awSet } from '@quorate/crdts';
 *
 * const both = awSet.add(awSet.bottom, 'alice', 'tea');
 * const removed = awSet.join(both, awSet.remove(both, 'tea'));
 * const again = awSet.join(both, awSet.add(both, 'bob', 'tea'));
 * awSet.has(removed, 'tea'); // => false
 * awSet.has(awSet.join(removed, again), 'tea'); // => true, whoever hears of whom first
 * ```
 */
export const awSet = {
  /** How its stores join, where it is nested. */
  get store(): DotMapStore<DotSet> {
    return store;
  },
  /** The empty set of a replica that has seen nothing. */
  get bottom(): AwSet<never> {
    return bottom;
  },
  /** What either knows of. */
  join<Element extends Key>(left: AwSet<Element>, right: AwSet<Element>): AwSet<Element> {
    return joinCausal(store, left, right);
  },
  /** Whether `right` knows all that `left` knows. */
  leq<Element extends Key>(left: AwSet<Element>, right: AwSet<Element>): boolean {
    return leqCausal(store, left, right);
  },
  /** A state for each addition that stands, and for each range of those that are gone. */
  decompose<Element extends Key>(state: AwSet<Element>): Iterable<AwSet<Element>> {
    return decomposeCausal(store, state);
  },
  /** Whether `element` is in the set. O(log n). */
  has<Element extends Key>(state: AwSet<Element>, element: Element): boolean {
    return get(state.store.entries, element) !== undefined;
  },
  /** How many elements there are. O(1). */
  count(state: AwSet<Key>): number {
    return countOf(state.store.entries);
  },
  /** The elements: numbers first, in ascending order, NaN last, then texts by code units. */
  *elements<Element extends Key>(state: AwSet<Element>): Generator<Element, void> {
    for (const { key } of entriesOf(state.store.entries)) yield key;
  },
  /**
   * The delta that adds `element`; also if it is there, so that it outlives a concurrent removal.
   *
   * @throws RangeError or TypeError if `replicaId` can name no replica.
   */
  add<Element extends Key>(
    state: AwSet<Element>,
    replicaId: ReplicaId,
    element: Element,
  ): AwSet<Element> {
    const dot = nextDot(state.context, replicaId);
    const replaced = get(state.store.entries, element) ?? [];
    return {
      store: mapOf(dotFun, element, dotted(dot, true)),
      context: contextOf([dot, ...replaced]),
    };
  },
  /** The delta that removes `element`, as far as `state` has seen it added. */
  remove<Element extends Key>(state: AwSet<Element>, element: Element): AwSet<Element> {
    return removal(store.empty, dotFun.ranges(get(state.store.entries, element) ?? []));
  },
  /** The delta that removes all elements of `state`. */
  clear(state: AwSet<Key>): AwSet<never> {
    return removal(store.empty, store.ranges(state.store));
  },
};
