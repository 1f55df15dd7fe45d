/*
 * A map that never changes and is cheap to change: what most states of the catalogue are made of.
 *
 * A state is immutable, so that a delta, a state that was saved and the present one can share what
 * they have in common. Copying a map of 100,000 entries for each entry that is added would cost a
 * millisecond each time; a search tree copies the path to the entry, some 20 nodes.
 *
 * The union of two maps is what a join is. It takes the root of one tree, splits the other at that
 * key, and goes on with the halves:
 *
 *      union( [b: l, r], T )  =  link( union(l, T below b), b, union(r, T above b) )
 *
 * which costs O(m log(n/m + 1)) for sizes m <= n: next to nothing for a delta of one entry, linear
 * for two large states, and nothing at all for what both share. `link` keeps the weights of two
 * siblings within a factor, so that no order of insertions, whoever chose it, makes a deep tree.
 *
 * Two trees of the same entries may differ in shape; `SortedMap` never shows it.
 *
 * Source: Adams, "Efficient sets: a balancing act", Journal of Functional Programming, 1993;
 * Blelloch, Ferizovic and Sun, "Just Join for Parallel Ordered Sets", SPAA 2016.
 */

import {
  balanced,
  countOf,
  entriesOf,
  entry,
  fromSorted,
  get,
  isTooHeavy,
  leaf,
  type OrderedEntry,
  type OrderedMap,
  put,
  without,
} from '../ordered-map.ts';

type Tree<Value> = OrderedMap<string, Value>;

/** Makes one value of two under the same key, or `undefined` for none. */
export type Combine<Value> = (left: Value, right: Value) => Value | undefined;

/**
 * An immutable map from text to values, in ascending order of the keys by code units.
 *
 * @remarks
 * `get`, `set` and `delete` cost O(log n). What a change leaves alone is shared.
 */
export class SortedMap<Value> implements Iterable<readonly [string, Value]> {
  readonly #root: Tree<Value>;

  private constructor(root: Tree<Value>) {
    this.#root = root;
  }

  /** The map of one entry. O(1). */
  static of<Value>(key: string, value: Value): SortedMap<Value> {
    return new SortedMap(leaf(key, value));
  }

  /** The map of entries whose keys ascend and differ. O(n). */
  static fromSorted<Value>(entries: readonly (readonly [string, Value])[]): SortedMap<Value> {
    return new SortedMap(fromSorted(entries.map(([key, value]) => ({ key, value }))));
  }

  /** How many entries there are. */
  get size(): number {
    return countOf(this.#root);
  }

  /** The value of `key`, if it has one. */
  get(key: string): Value | undefined {
    return get(this.#root, key);
  }

  /** Whether `key` has a value. */
  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  /** With `value` for `key`, whatever it had before. */
  set(key: string, value: Value): SortedMap<Value> {
    return this.#of(put(this.#root, key, value));
  }

  /** Without `key`. */
  delete(key: string): SortedMap<Value> {
    return this.#of(without(this.#root, key));
  }

  /**
   * The entries of both; where both have a key, what `combine` makes of the two values.
   *
   * @remarks `combine(value, value)` must be `value`: what is shared is not asked about.
   */
  union(other: SortedMap<Value>, combine: Combine<Value>): SortedMap<Value> {
    const root = union(this.#root, other.#root, combine);
    return root === this.#root ? this : root === other.#root ? other : new SortedMap(root);
  }

  /** The entries that `keeps`. O(n). */
  filter(keeps: (value: Value, key: string) => boolean): SortedMap<Value> {
    const kept = [...this].filter(([key, value]) => keeps(value, key));
    return kept.length === this.size ? this : SortedMap.fromSorted(kept);
  }

  /** Whether `holds` is true of every entry that `other` does not share. */
  every(other: SortedMap<Value>, holds: (value: Value, key: string) => boolean): boolean {
    return every(this.#root, other.#root, holds);
  }

  /** The entries by ascending keys. */
  *[Symbol.iterator](): Generator<readonly [string, Value]> {
    for (const { key, value } of entriesOf(this.#root)) yield [key, value];
  }

  /** The entries with keys above `key`, ascending. O(log n) for the first one. */
  *above(key: string): Generator<readonly [string, Value]> {
    const pending: OrderedEntry<string, Value>[] = [];
    let tree = this.#root;
    for (;;) {
      while (tree !== undefined) {
        if (tree.key > key) pending.push(tree);
        tree = tree.key > key ? tree.left : tree.right;
      }
      const next = pending.pop();
      if (next === undefined) return;
      yield [next.key, next.value];
      tree = next.right;
    }
  }

  /** The keys, ascending. */
  *keys(): Generator<string> {
    for (const [key] of this) yield key;
  }

  /** The values by ascending keys. */
  *values(): Generator<Value> {
    for (const [, value] of this) yield value;
  }

  #of(root: Tree<Value>): SortedMap<Value> {
    return root === this.#root ? this : new SortedMap(root);
  }
}

/** The map of nothing. */
export const emptyMap: SortedMap<never> = /* @__PURE__ */ SortedMap.fromSorted<never>([]);

/** One tree of everything in `left`, then `key`, then everything in `right`, of any weights. */
function link<Value>(
  left: Tree<Value>,
  key: string,
  value: Value,
  right: Tree<Value>,
): OrderedEntry<string, Value> {
  if (left !== undefined && isTooHeavy(left.count, countOf(right))) {
    return balanced(left.key, left.value, left.left, link(left.right, key, value, right));
  }
  if (right !== undefined && isTooHeavy(right.count, countOf(left))) {
    return balanced(right.key, right.value, link(left, key, value, right.left), right.right);
  }
  return entry(key, value, left, right);
}

/** `link` without a key between the two. */
function concat<Value>(left: Tree<Value>, right: Tree<Value>): Tree<Value> {
  if (left === undefined) return right;
  if (right === undefined) return left;
  const [first] = entriesOf(right);
  return first === undefined ? left : link(left, first.key, first.value, without(right, first.key));
}

/** What is below `key`, what is at it, and what is above. */
function split<Value>(
  tree: Tree<Value>,
  key: string,
): readonly [Tree<Value>, OrderedEntry<string, Value> | undefined, Tree<Value>] {
  if (tree === undefined) return [undefined, undefined, undefined];
  if (tree.key === key) return [tree.left, tree, tree.right];
  if (key < tree.key) {
    const [below, found, above] = split(tree.left, key);
    return [below, found, link(above, tree.key, tree.value, tree.right)];
  }
  const [below, found, above] = split(tree.right, key);
  return [link(tree.left, tree.key, tree.value, below), found, above];
}

function union<Value>(left: Tree<Value>, right: Tree<Value>, combine: Combine<Value>): Tree<Value> {
  if (left === undefined || left === right) return right;
  if (right === undefined) return left;
  // The heavier tree gives the root, so that most of it is kept as it is.
  const isLeft = left.count >= right.count;
  const root = isLeft ? left : right;
  if ((isLeft ? right : left).count === 1) {
    return isLeft
      ? withEntry(left, right, combine)
      : withEntry(right, left, (value, other) => combine(other, value));
  }
  const [below, found, above] = split(isLeft ? right : left, root.key);
  const lower = isLeft ? union(root.left, below, combine) : union(below, root.left, combine);
  const upper = isLeft ? union(root.right, above, combine) : union(above, root.right, combine);
  const value = combined(root.value, found, isLeft, combine);
  if (value === undefined) return concat(lower, upper);
  const isSame = value === root.value && lower === root.left && upper === root.right;
  return isSame ? root : link(lower, root.key, value, upper);
}

/** The union with one entry, as of most deltas: nothing has to be split. */
function withEntry<Value>(
  tree: OrderedEntry<string, Value>,
  { key, value }: OrderedEntry<string, Value>,
  combine: Combine<Value>,
): Tree<Value> {
  const known = get(tree, key);
  if (known === undefined) return put(tree, key, value);
  const both = combine(known, value);
  return both === undefined ? without(tree, key) : put(tree, key, both);
}

function combined<Value>(
  value: Value,
  found: OrderedEntry<string, Value> | undefined,
  isLeft: boolean,
  combine: Combine<Value>,
): Value | undefined {
  if (found === undefined) return value;
  return isLeft ? combine(value, found.value) : combine(found.value, value);
}

function every<Value>(
  tree: Tree<Value>,
  other: Tree<Value>,
  holds: (value: Value, key: string) => boolean,
): boolean {
  if (tree === undefined || tree === other) return true;
  return (
    holds(tree.value, tree.key) &&
    every(tree.left, other?.left, holds) &&
    every(tree.right, other?.right, holds)
  );
}
