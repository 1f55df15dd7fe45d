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
import {
  type CausalContext,
  contextOf,
  type Dot,
  includes,
  joinContexts,
  rangesOf,
  withoutDots,
} from './causal-context.ts';
import { leaf } from '../ordered-map.ts';

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
  /** For each dot, the store that has nothing else. */
  parts(store: Store): Iterable<readonly [Dot, Store]>;
  /** The store without what no user would miss, once all have the dots of `stable`. */
  compact?(store: Store, stable: CausalContext): Store;
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
  for (const [dot, part] of kind.parts(store)) yield { store: part, context: contextOf([dot]) };
  const gone = withoutDots(context, contextOf(kind.dots(store)));
  for (const { replicaId, first, last } of rangesOf(gone)) {
    yield { store: kind.empty, context: leaf(replicaId, [first, last]) };
  }
}

/**
 * `state` without what no user would miss: what was only kept for those who had not seen it.
 *
 * @param stable - What every replica has, and before which nothing is on its way to here.
 */
export function compactCausal<Store>(
  kind: DotStore<NoInfer<Store>>,
  { store, context }: Causal<Store>,
  stable: CausalContext,
): Causal<Store> {
  return { store: kind.compact?.(store, stable) ?? store, context };
}

/** The delta that removes these dots and nothing else. */
export function removal<Store>(empty: Store, removed: Iterable<Dot>): Causal<Store> {
  return { store: empty, context: contextOf(removed) };
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
