import type { ReplicaId } from '../replica-id.ts';
import { type CausalContext, contextOf, type Dot, hasDot, nextDot } from './causal-context.ts';
import { type Causal, decomposeCausal, joinCausal, leqCausal, removal } from './causal.ts';
import { type DotFun, dotFun, dotted } from './dot-fun.ts';
import { type DotMap, dotMap, type DotMapStore, mapOf } from './dot-map.ts';
import { entriesOf, get, type Key } from './ordered-map.ts';

/** A set to which elements are added and from which they are removed: `rwSet`. */
export type RwSet<Element extends Key> = Causal<DotMap<Element, DotFun<boolean>>>;

const store: DotMapStore<DotFun<boolean>> = dotMap<DotFun<boolean>>(dotFun);
const bottom: RwSet<never> = { store: store.empty, context: undefined };

/**
 * The remove-wins set: an element that one removes while another adds it is gone, until somebody
 * who has seen the removal adds it again.
 *
 * @remarks
 * For what has to be safe when in doubt: permissions, memberships, allow lists. The newest
 * additions and removals of an element that are concurrent are kept; it is there if there are some
 * and all of them are additions. So a removed element leaves a dot behind, until `compact`.
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
    const dots = get(state.store.entries, element);
    return dots?.every(({ value }) => value) ?? false;
  },
  /** The elements: numbers first, in ascending order, NaN last, then texts by code units. */
  *elements<Element extends Key>(state: RwSet<Element>): Generator<Element, void> {
    for (const { key, value: dots } of entriesOf(state.store.entries)) {
      if (dots.every(({ value }) => value)) yield key;
    }
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
   * The delta that drops what is left of removed elements, once nobody can add them any more
   * without having seen the removal.
   *
   * @param stable - Dots that every replica has, and before which nothing is on its way.
   * @remarks No user sees a difference. O(n).
   */
  compact<Element extends Key>(state: RwSet<Element>, stable: CausalContext): RwSet<Element> {
    const settled: Dot[] = [];
    for (const { value: dots } of entriesOf(state.store.entries)) {
      const isGone = dots.some(({ value }) => !value);
      const isStable = dots.every(({ replicaId, counter }) => hasDot(stable, replicaId, counter));
      if (isGone && isStable) settled.push(...dots);
    }
    return removal(store.empty, settled);
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
    store: mapOf(dotFun, element, dotted(dot, isMember)),
    context: contextOf([dot, ...replaced]),
  };
}
