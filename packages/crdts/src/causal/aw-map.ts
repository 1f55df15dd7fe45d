import {
  contextOfRanges,
  type DotRange,
  hasDot,
  joinContexts,
  newerThan,
} from './causal-context.ts';
import {
  type Causal,
  settleCausal,
  decomposeCausal,
  type DotStore,
  joinCausal,
  leqCausal,
  removal,
} from './causal.ts';
import { type DotMap, dotMap, type DotMapStore, mapOf } from './dot-map.ts';
import { countOf, entriesOf, get, type Key } from '../ordered-map.ts';

/** A map of keys to values of a causal type: `awMap`. */
export type AwMap<K extends Key, Store> = Causal<DotMap<K, Store>>;

/** What can be done with maps to values of one type. */
export interface AwMapType<Store> {
  /** How its stores join, where it is nested. */
  readonly store: DotMapStore<Store>;
  /** The empty map of a replica that has seen nothing. */
  readonly bottom: AwMap<never, Store>;
  /** What either knows of. */
  join<K extends Key>(left: AwMap<K, Store>, right: AwMap<K, Store>): AwMap<K, Store>;
  /** Whether `right` knows all that `left` knows. */
  leq<K extends Key>(left: AwMap<K, Store>, right: AwMap<K, Store>): boolean;
  /** A state for each dot that stands, and for each range of those that are gone. */
  decompose<K extends Key>(state: AwMap<K, Store>): Iterable<AwMap<K, Store>>;
  /** Whether `key` has a value that is not as if it had never been touched. O(log n). */
  has<K extends Key>(state: AwMap<K, Store>, key: K): boolean;
  /** How many such keys there are. O(1). */
  count(state: AwMap<Key, Store>): number;
  /** These keys: numbers first, in ascending order, NaN last, then texts by code units. */
  keys<K extends Key>(state: AwMap<K, Store>): Generator<K, void>;
  /** The value of `key`: a state of its type, untouched if there is none. O(log n). */
  get<K extends Key>(state: AwMap<K, Store>, key: K): Causal<Store>;
  /**
   * The delta that changes the value of `key`.
   *
   * @param mutate - Gets the value, gives a delta of it, or the state after it.
   */
  update<K extends Key>(
    state: AwMap<K, Store>,
    key: K,
    mutate: (value: Causal<Store>) => Causal<Store>,
  ): AwMap<K, Store>;
  /** The delta that takes from the value of `key` all that `state` has seen of it. */
  remove<K extends Key>(state: AwMap<K, Store>, key: K): AwMap<K, Store>;
  /** The delta that removes all keys. */
  clear(state: AwMap<Key, Store>): AwMap<never, Store>;
  /**
   * The delta that settles all values, where their type can.
   *
   * @param stable - A state that every replica has, before which nothing is on its way to here.
   */
  settle<K extends Key>(state: AwMap<K, Store>, stable: AwMap<K, Store>): AwMap<K, Store>;
}

/**
 * Maps of keys to values of a causal type, which may be a map again.
 *
 * @remarks
 * A key is there while its value has anything. To remove it is to reset its value as far as it was
 * seen: what others changed at the same time survives, and nothing else; if the key comes back, it
 * begins with what survived. Concurrent first updates of one key are updates of one value. All
 * values share the context of the map, so a removed key leaves nothing behind.
 *
 * An update is O(log n) and what it costs in the value. Source: Almeida, Shoker and Baquero, "Delta
 * state replicated data types", JPDC 2018.
 *
 * @param values - The type of the values: `awSet`, `mvRegister`, another `awMap`.
 *
 * @example
 * ```ts
 * import { awMap, awSet } from '@quorate/crdts';
 *
 * const lists = awMap(awSet);
 * const shop = lists.update(lists.bottom, 'shop', (list) => awSet.add(list, 'alice', 'tea'));
 * const removed = lists.join(shop, lists.remove(shop, 'shop'));
 * const more = lists.update(shop, 'shop', (list) => awSet.add(list, 'bob', 'milk'));
 * const joined = lists.join(removed, more);
 * [...awSet.elements(lists.get(joined, 'shop'))]; // => ['milk']
 * ```
 */
export function awMap<Store>(values: { readonly store: DotStore<Store> }): AwMapType<Store> {
  const store = dotMap(values.store);
  const { empty } = values.store;
  const rangesIn = <K extends Key>(state: AwMap<K, Store>, key: K): Iterable<DotRange> =>
    values.store.ranges(get(state.store.entries, key) ?? empty);
  return {
    store,
    bottom: { store: store.empty, context: undefined },
    join: (left, right) => joinCausal(store, left, right),
    leq: (left, right) => leqCausal(store, left, right),
    decompose: (state) => decomposeCausal(store, state),
    has: (state, key) => get(state.store.entries, key) !== undefined,
    count: (state) => countOf(state.store.entries),
    *keys(state) {
      for (const { key } of entriesOf(state.store.entries)) yield key;
    },
    get: ({ store: { entries }, context }, key) => ({ store: get(entries, key) ?? empty, context }),
    update(state, key, mutate) {
      const after = mutate(this.get(state, key));
      const touched = contextOfRanges(
        [...rangesIn(state, key)].filter((range) =>
          hasDot(after.context, range.replicaId, range.last),
        ),
      );
      // Had `mutate` joined its delta, its context would remove all other keys.
      const context = joinContexts(touched, newerThan(after.context, state.context));
      return { store: mapOf(values.store, key, after.store), context };
    },
    remove: (state, key) => removal(store.empty, rangesIn(state, key)),
    clear: (state) => removal(store.empty, store.ranges(state.store)),
    settle: (state, stable) => settleCausal(store, state, stable.context),
  };
}
