/*
 * A store of dots by keys: of elements to their dots, or of keys to nested stores.
 *
 * A delta that removes an element says which dots go, not where they are: context {a: 3..3}, store
 * empty. To find the element, the plain join looks at all of them, 100,000 for one that goes. So
 * the map keeps a second index, from each dot to its key; the keys that a join can change are those
 * in the store of the delta and those of the dots in its context. All others are left alone, and
 * shared with the state before.
 */
import type { ReplicaId } from '../replica-id.ts';
import { type CausalContext, type Dot, type DotRange, rangesOf } from './causal-context.ts';
import type { DotStore } from './causal.ts';
import {
  countOf,
  type Difference,
  differencesOf,
  entriesOf,
  fromSorted,
  get,
  type Key,
  ordinary,
  type OrderedMap,
  put,
  without,
} from '../ordered-map.ts';

/** A store for each key that has dots. */
export interface DotMap<K extends Key, Store> {
  /** None of the stores is empty. */
  readonly entries: OrderedMap<K, Store>;
  /** Of each dot in a store, the key. By replica, then by counter. */
  readonly owners: OrderedMap<ReplicaId, OrderedMap<number, K>>;
}

/** `DotStore` for maps with keys of any type. */
export interface DotMapStore<Store> {
  /** No keys. */
  readonly empty: DotMap<never, Store>;
  /** How many keys there are. */
  sizeOf(store: DotMap<Key, Store>): number;
  /** The join, key by key, of what `right` and its context touch. */
  absorb<K extends Key>(
    left: DotMap<K, Store>,
    leftContext: CausalContext,
    right: DotMap<K, Store>,
    rightContext: CausalContext,
  ): DotMap<K, Store>;
  /** The dots under all keys. */
  dots(store: DotMap<Key, Store>): Iterable<Dot>;
  /** The dots under all keys, and those that they stand for. */
  ranges(store: DotMap<Key, Store>): Iterable<DotRange>;
  /** A map for each dot. */
  parts<K extends Key>(store: DotMap<K, Store>): Iterable<DotMap<K, Store>>;
  /** Every store settled. O(n). */
  settle<K extends Key>(store: DotMap<K, Store>, stable: CausalContext): DotMap<K, Store>;
}

/** The map without keys. */
export const emptyMap: DotMap<never, never> = { entries: undefined, owners: undefined };

/** How maps of the stores of `values` join. */
export function dotMap<Store>(values: DotStore<Store>): DotMapStore<Store> {
  return {
    empty: emptyMap,
    sizeOf: ({ entries }) => countOf(entries),
    absorb(left, leftContext, right, rightContext) {
      if (left.entries === right.entries) return left;
      let joined = left;
      for (const { key, left: mine, right: theirs } of touched(left, right, rightContext)) {
        const before = mine ?? values.empty;
        const after = values.absorb(before, leftContext, theirs ?? values.empty, rightContext);
        joined = withStore(values, joined, key, before, after);
      }
      return joined.entries === undefined ? emptyMap : joined;
    },
    settle(store, stable) {
      let settled = store;
      for (const { key, value } of entriesOf(store.entries)) {
        const after = values.settle?.(value, stable) ?? value;
        settled = withStore(values, settled, key, value, after);
      }
      return settled.entries === undefined ? emptyMap : settled;
    },
    *dots({ entries }) {
      for (const { value } of entriesOf(entries)) yield* values.dots(value);
    },
    *ranges({ entries }) {
      for (const { value } of entriesOf(entries)) yield* values.ranges(value);
    },
    *parts({ entries }) {
      for (const { key, value } of entriesOf(entries)) {
        for (const part of values.parts(value)) yield mapOf(values, key, part);
      }
    },
  };
}

/** The map that has this store and no other. */
export function mapOf<K extends Key, Store>(
  values: DotStore<NoInfer<Store>>,
  key: K,
  store: Store,
): DotMap<K, Store> {
  return withStore(values, emptyMap, ordinary(key), values.empty, store);
}

/**
 * The map of these stores, none of which is empty, by ascending keys; `undefined` if two of them
 * have the same dot. O(dots log dots).
 */
export function mapOfSorted<K extends Key, Store>(
  values: DotStore<NoInfer<Store>>,
  entries: readonly { readonly key: K; readonly value: Store }[],
): DotMap<K, Store> | undefined {
  const byReplica = new Map<ReplicaId, { key: number; value: K }[]>();
  for (const { key, value } of entries) {
    for (const { replicaId, counter } of values.dots(value)) {
      const owners = byReplica.get(replicaId);
      if (owners === undefined) byReplica.set(replicaId, [{ key: counter, value: key }]);
      else owners.push({ key: counter, value: key });
    }
  }
  let owners: OrderedMap<ReplicaId, OrderedMap<number, K>>;
  for (const [replicaId, dots] of byReplica) {
    dots.sort((left, right) => left.key - right.key);
    if (dots.some(({ key }, at) => key === dots[at + 1]?.key)) return undefined;
    owners = put(owners, replicaId, fromSorted(dots));
  }
  return entries.length === 0 ? emptyMap : { entries: fromSorted(entries), owners };
}

/**
 * The keys that a join can change: those of `right`, and those of `left` that have a dot which
 * `rightContext` knows.
 */
function touched<K extends Key, Store>(
  left: DotMap<K, Store>,
  right: DotMap<K, Store>,
  rightContext: CausalContext,
): Iterable<Difference<K, Store>> {
  // Of two whole states, reading both side by side is less than looking for each key.
  if (4 * countOf(right.entries) > countOf(left.entries)) {
    return differencesOf(left.entries, right.entries);
  }
  const keys = new Set<K>();
  for (const { key } of entriesOf(right.entries)) keys.add(key);
  for (const { replicaId, first, last } of rangesOf(rightContext)) {
    for (const { key: counter, value } of entriesOf(get(left.owners, replicaId), first)) {
      if (counter > last) break;
      keys.add(value);
    }
  }
  return Array.from(keys, (key) => ({
    key,
    left: get(left.entries, key),
    right: get(right.entries, key),
  }));
}

/** `map` with `after` in the place of `before`. */
function withStore<K extends Key, Store>(
  values: DotStore<Store>,
  map: DotMap<K, Store>,
  key: K,
  before: Store,
  after: Store,
): DotMap<K, Store> {
  if (after === before) return map;
  let { owners } = map;
  for (const { replicaId, counter } of values.dots(before)) {
    const rest = without(get(owners, replicaId), counter);
    owners = rest === undefined ? without(owners, replicaId) : put(owners, replicaId, rest);
  }
  for (const { replicaId, counter } of values.dots(after)) {
    owners = put(owners, replicaId, put(get(owners, replicaId), counter, key));
  }
  const { entries } = map;
  return {
    entries: after === values.empty ? without(entries, key) : put(entries, key, after),
    owners,
  };
}
