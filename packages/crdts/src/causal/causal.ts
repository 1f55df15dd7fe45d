/*
 * Causal types: a store of dots and one context for all of it.
 *
 * All of them are joined by one rule. A dot that both stores have stays. A dot that only one has
 * stays if the context of the other does not know it, and goes if it does: then the other knew it
 * and has removed it. The contexts are joined. What a type is comes from what its dots stand for:
 *
 *   store of dots     a flag is set while it has a dot; a register holds the values of its dots
 *   map of stores     of elements to dots: a set; of keys to any stores: a map of nested values
 *
 * Stores that are nested have no context of their own: they share the one at the top. So removing a
 * key is forgetting its dots, and the key leaves nothing behind.
 *
 * A delta-mutator returns a small state of this kind: the dot it has made, if any, and a context of
 * that dot and of those that it replaced or removed, no more. A delta is also its operation: it can
 * be sent alone, twice, in any order, or joined with others first.
 *
 * Source: Almeida, Shoker and Baquero, "Delta state replicated data types", JPDC 2018.
 */
import type { Lattice } from '../lattice.ts';
import type { ReplicaId } from '../replica-id.ts';
import {
  type CausalContext,
  contextOf,
  contextOfRanges,
  type Dot,
  type DotRange,
  includes,
  joinContexts,
  rangesOf,
  withoutDots,
} from './causal-context.ts';
import { get, leaf, without } from '../ordered-map.ts';

/** The state of a causal type, or a delta of one. */
export interface Causal<Store> {
  readonly store: Store;
  /** Has every dot of `store`. */
  readonly context: CausalContext;
}

/** What can be done with the stores of one kind. */
export interface DotStore<Store> {
  /** The one empty store: all that become empty are this one. */
  readonly empty: Store;
  /** About as much as it costs to look at all of it. O(1). */
  sizeOf(store: Store): number;
  /**
   * The store of the join; `left` itself, if it is that.
   *
   * @remarks Cheap if `right` and its context are small.
   */
  absorb(left: Store, leftContext: CausalContext, right: Store, rightContext: CausalContext): Store;
  /** The dots in it. */
  dots(store: Store): Iterable<Dot>;
  /** The dots that go when it goes: those in it, and those that they stand for. */
  ranges(store: Store): Iterable<DotRange>;
  /** The stores that are not the join of others: of one dot each. */
  parts(store: Store): Iterable<Store>;
  /** The store without what no user would miss, once all have the dots of `stable`. */
  settle?(store: Store, stable: CausalContext): Store;
}

/** A type that can be nested in others. */
export interface CausalType<Store> extends Lattice<Causal<Store>> {
  /** How its values join, decompose and vanish. */
  readonly store: DotStore<Store>;
}

/** The join of two states: `left` itself if `right` has nothing new and is smaller. */
export function joinCausal<Store>(
  kind: DotStore<NoInfer<Store>>,
  left: Causal<Store>,
  right: Causal<Store>,
): Causal<Store> {
  return kind.sizeOf(left.store) < kind.sizeOf(right.store)
    ? absorb(kind, right, left)
    : absorb(kind, left, right);
}

/** Whether `right` has all that `left` has: its dots, and its removals. */
export function leqCausal<Store>(
  kind: DotStore<NoInfer<Store>>,
  left: Causal<Store>,
  right: Causal<Store>,
): boolean {
  // The contexts first: that of a delta is small, and of most that are asked about unknown.
  return includes(right.context, left.context) && absorb(kind, right, left) === right;
}

/**
 * A state for each dot in the store, and one for each range of dots that are gone.
 *
 * @remarks
 * Of what is gone, the paper's decomposition has a part for every dot. There can be millions, of a
 * set that has ten elements; their ranges are at most one more than the dots that stay, for each
 * replica. Who lacks some of a range gets all of it, which is two numbers either way.
 */
export function* decomposeCausal<Store>(
  kind: DotStore<NoInfer<Store>>,
  { store, context }: Causal<Store>,
): Generator<Causal<Store>, void> {
  for (const part of kind.parts(store)) {
    yield { store: part, context: contextOfRanges(kind.ranges(part)) };
  }
  const gone = withoutDots(context, contextOfRanges(kind.ranges(store)));
  for (const { replicaId, first, last } of rangesOf(gone)) {
    yield { store: kind.empty, context: leaf(replicaId, [first, last]) };
  }
}

/**
 * The delta that drops what no user would miss: what was only kept for those who had not seen it.
 *
 * @param stable - What every replica has, and before which nothing is on its way to here.
 *
 * @remarks
 * Dropped in silence, it would still stand elsewhere when a later change comes from here that does
 * not name it any more, and would be taken for concurrent. So it is sent as any change. O(n) if
 * there is nothing to drop, else O(n log n).
 */
export function settleCausal<Store>(
  kind: DotStore<NoInfer<Store>>,
  state: Causal<Store>,
  stable: CausalContext,
): Causal<Store> {
  let delta: Causal<Store> = { store: kind.empty, context: undefined };
  const store = kind.settle?.(state.store, stable) ?? state.store;
  if (store === state.store) return delta;
  for (const part of decomposeCausal(kind, { ...state, store })) {
    if (!leqCausal(kind, part, state)) delta = joinCausal(kind, delta, part);
  }
  return delta;
}

/**
 * `state` without the names of replicas that have gone for good and left nothing behind.
 *
 * @param type - The type of the state: `awSet`, for example.
 * @param stable - What every replica has, and before which nothing is on its way to here.
 * @param retired - Who will never change anything again. None of them may be `state`'s own replica,
 *   or one that could come back: it would name new changes as old ones.
 *
 * @remarks
 * The context has an entry for each replica that ever changed anything. If each load of a page is a
 * replica, that is what grows. A replica of whose changes some still stand, or some came after
 * `stable`, keeps its entry. Who has not forgotten yet brings it back; it goes with the next call.
 *
 * @example
 * ```ts
 * import { awSet, forgetReplicas } from '@quorate/crdts';
 *
 * const added = awSet.add(awSet.bottom, 'tab-1', 'x');
 * const state = awSet.join(added, awSet.remove(added, 'x'));
 * forgetReplicas(awSet, state, state, ['tab-1']).context; // => undefined, as if nothing had been
 * ```
 */
export function forgetReplicas<Store>(
  type: { readonly store: DotStore<NoInfer<Store>> },
  state: Causal<Store>,
  stable: Causal<Store>,
  retired: Iterable<ReplicaId>,
): Causal<Store> {
  const { store, context } = state;
  const standing = contextOf(type.store.dots(stable.store));
  let rest = context;
  for (const replicaId of retired) {
    const isSettled = includes(stable.context, leaf(replicaId, get(context, replicaId) ?? []));
    if (isSettled && get(standing, replicaId) === undefined) rest = without(rest, replicaId);
  }
  return { store, context: rest };
}

/** The delta that removes these dots and nothing else. */
export function removal<Store>(empty: Store, removed: Iterable<DotRange>): Causal<Store> {
  return { store: empty, context: contextOfRanges(removed) };
}

function absorb<Store>(
  kind: DotStore<NoInfer<Store>>,
  left: Causal<Store>,
  right: Causal<Store>,
): Causal<Store> {
  if (left === right) return left;
  const context = joinContexts(left.context, right.context);
  const store = kind.absorb(left.store, left.context, right.store, right.context);
  return store === left.store && context === left.context ? left : { store, context };
}
