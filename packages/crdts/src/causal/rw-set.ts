import type { ReplicaId } from '../replica-id.ts';
import { contextOf, nextDot } from './causal-context.ts';
import { type Causal, settleCausal, decomposeCausal, joinCausal, leqCausal } from './causal.ts';
import { type DotFun, dotted } from './dot-fun.ts';
import { type DotMap, dotMap, type DotMapStore, emptyMap, mapOf } from './dot-map.ts';
import { entriesOf, get, type Key } from '../ordered-map.ts';
import { isUnanimous, unanimousDots } from './unanimous-dots.ts';

/** A set to which elements are added and from which they are removed: `rwSet`. */
export type RwSet<Element extends Key> = Causal<DotMap<Element, DotFun<boolean>>>;

const store: DotMapStore<DotFun<boolean>> = /* @__PURE__ */ dotMap(unanimousDots);
const bottom: RwSet<never> = { store: emptyMap, context: undefined };

/**
 * The remove-wins set: an element that one removes while another adds it is gone, until somebody
 * who has seen the removal adds it again.
 *
 * @remarks
 * For what has to be safe when in doubt: permissions, memberships, allow lists. The newest
 * additions and removals of an element that are concurrent are kept; it is there if there are some
 * and all of them are additions. So a removed element leaves a dot behind, until `settle`.
 *
 * Costs as `awSet`. Source: Almeida, Shoker and Baquero, "Delta state replicated data types", JPDC
 * 2018.
 *
 * @example
 * ```ts
 * import { rwSet } from '@quorate/crdts';
 *
 * const both = rwSet.add(rwSet.bottom, 'alice', 'admin');
 * const removed = rwSet.join(both, rwSet.remove(both, 'alice', 'admin'));
 * const added = rwSet.join(both, rwSet.add(both, 'bob', 'admin'));
 * const joined = rwSet.join(removed, added);
 * rwSet.has(joined, 'admin'); // => false
 * rwSet.has(rwSet.join(joined, rwSet.add(joined, 'bob', 'admin')), 'admin'); // => true
 * ```
 */
export const rwSet = {
  /** How its stores join, where it is nested. */
  get store(): DotMapStore<DotFun<boolean>> {
    return store;
  },
  /** The empty set of a replica that has seen nothing. */
  get bottom(): RwSet<never> {
    return bottom;
  },
  /** What either knows of. */
  join<Element extends Key>(left: RwSet<Element>, right: RwSet<Element>): RwSet<Element> {
    return joinCausal(store, left, right);
  },
  /** Whether `right` knows all that `left` knows. */
  leq<Element extends Key>(left: RwSet<Element>, right: RwSet<Element>): boolean {
    return leqCausal(store, left, right);
  },
  /** A state for each dot that stands, and for each range of those that are gone. */
  decompose<Element extends Key>(state: RwSet<Element>): Iterable<RwSet<Element>> {
    return decomposeCausal(store, state);
  },
  /** Whether `element` is in the set. O(log n). */
  has<Element extends Key>(state: RwSet<Element>, element: Element): boolean {
    return isUnanimous(get(state.store.entries, element) ?? []);
  },
  /** The elements: numbers first, in ascending order, NaN last, then texts by code units. */
  *elements<Element extends Key>(state: RwSet<Element>): Generator<Element, void> {
    for (const { key, value } of entriesOf(state.store.entries)) if (isUnanimous(value)) yield key;
  },
  /**
   * The delta that adds `element`.
   *
   * @throws RangeError or TypeError if `replicaId` can name no replica.
   */
  add<Element extends Key>(
    state: RwSet<Element>,
    replicaId: ReplicaId,
    element: Element,
  ): RwSet<Element> {
    return marked(state, replicaId, element, { isMember: true });
  },
  /**
   * The delta that removes `element`; also if it is not there, so that a concurrent addition fails.
   *
   * @throws RangeError or TypeError if `replicaId` can name no replica.
   */
  remove<Element extends Key>(
    state: RwSet<Element>,
    replicaId: ReplicaId,
    element: Element,
  ): RwSet<Element> {
    return marked(state, replicaId, element, { isMember: false });
  },
  /**
   * The delta that drops what is left of removed elements.
   *
   * @param stable - A state that every replica has, before which nothing is on its way to here.
   * @remarks No user sees a difference. O(n).
   */
  settle<Element extends Key>(state: RwSet<Element>, stable: RwSet<Element>): RwSet<Element> {
    return settleCausal(store, state, stable.context);
  },
};

function marked<Element extends Key>(
  state: RwSet<Element>,
  replicaId: ReplicaId,
  element: Element,
  { isMember }: { readonly isMember: boolean },
): RwSet<Element> {
  const dot = nextDot(state.context, replicaId);
  const replaced = get(state.store.entries, element) ?? [];
  return {
    store: mapOf(unanimousDots, element, dotted(dot, isMember)),
    context: contextOf([dot, ...replaced]),
  };
}
