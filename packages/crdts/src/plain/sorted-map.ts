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

/** A tree: what is below the key of its root, and what is above. */
interface Node<Value> {
  readonly key: string;
  readonly value: Value;
  readonly left: Tree<Value>;
  readonly right: Tree<Value>;
  readonly size: number;
}

type Tree<Value> = Node<Value> | undefined;

/** How much heavier than its sibling a tree may be. With this factor one rotation is enough. */
const WEIGHT_RATIO = 3;

/** Up to here a single rotation rights a tree; beyond it the inner grandchild moves up. */
const ROTATION_RATIO = 2;

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
    return new SortedMap(nodeOf(undefined, key, value, undefined));
  }

  /** The map of entries whose keys ascend and differ. O(n). */
  static fromSorted<Value>(entries: readonly (readonly [string, Value])[]): SortedMap<Value> {
    return new SortedMap(treeOf(entries, 0, entries.length));
  }

  /** How many entries there are. */
  get size(): number {
    return sizeOf(this.#root);
  }

  /** The value of `key`, if it has one. */
  get(key: string): Value | undefined {
    let node = this.#root;
    while (node !== undefined && node.key !== key) node = key < node.key ? node.left : node.right;
    return node?.value;
  }

  /** Whether `key` has a value. */
  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  /** With `value` for `key`, whatever it had before. */
  set(key: string, value: Value): SortedMap<Value> {
    const [below, , above] = split(this.#root, key);
    return new SortedMap(link(below, key, value, above));
  }

  /** Without `key`. */
  delete(key: string): SortedMap<Value> {
    if (!this.has(key)) return this;
    const [below, , above] = split(this.#root, key);
    return new SortedMap(concat(below, above));
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
    const above: Node<Value>[] = [];
    let node = this.#root;
    while (node !== undefined || above.length > 0) {
      for (; node !== undefined; node = node.left) above.push(node);
      const next = above.pop();
      if (next === undefined) return;
      yield [next.key, next.value];
      node = next.right;
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
}

/** The map of nothing. */
export const emptyMap: SortedMap<never> = /* @__PURE__ */ SortedMap.fromSorted<never>([]);

function sizeOf(tree: Tree<unknown>): number {
  return tree === undefined ? 0 : tree.size;
}

function weightOf(tree: Tree<unknown>): number {
  return sizeOf(tree) + 1;
}

function nodeOf<Value>(
  left: Tree<Value>,
  key: string,
  value: Value,
  right: Tree<Value>,
): Node<Value> {
  return { key, value, left, right, size: sizeOf(left) + sizeOf(right) + 1 };
}

/** A tree as flat as can be of the entries from `start` up to `end`. */
function treeOf<Value>(
  entries: readonly (readonly [string, Value])[],
  start: number,
  end: number,
): Tree<Value> {
  const middle = (start + end) >> 1;
  const entry = start < end ? entries[middle] : undefined;
  if (entry === undefined) return undefined;
  const left = treeOf(entries, start, middle);
  return nodeOf(left, entry[0], entry[1], treeOf(entries, middle + 1, end));
}

/** Like `nodeOf`, of two trees of which one may have become too heavy by one entry or by half. */
function balanced<Value>(
  left: Tree<Value>,
  key: string,
  value: Value,
  right: Tree<Value>,
): Node<Value> {
  if (left !== undefined && weightOf(left) > WEIGHT_RATIO * weightOf(right)) {
    const inner = left.right;
    if (inner === undefined || weightOf(inner) < ROTATION_RATIO * weightOf(left.left)) {
      return nodeOf(left.left, left.key, left.value, nodeOf(inner, key, value, right));
    }
    const outer = nodeOf(left.left, left.key, left.value, inner.left);
    return nodeOf(outer, inner.key, inner.value, nodeOf(inner.right, key, value, right));
  }
  if (right !== undefined && weightOf(right) > WEIGHT_RATIO * weightOf(left)) {
    const inner = right.left;
    if (inner === undefined || weightOf(inner) < ROTATION_RATIO * weightOf(right.right)) {
      return nodeOf(nodeOf(left, key, value, inner), right.key, right.value, right.right);
    }
    const outer = nodeOf(inner.right, right.key, right.value, right.right);
    return nodeOf(nodeOf(left, key, value, inner.left), inner.key, inner.value, outer);
  }
  return nodeOf(left, key, value, right);
}

/** One tree of everything in `left`, then `key`, then everything in `right`, of any weights. */
function link<Value>(
  left: Tree<Value>,
  key: string,
  value: Value,
  right: Tree<Value>,
): Node<Value> {
  if (left !== undefined && weightOf(left) > WEIGHT_RATIO * weightOf(right)) {
    return balanced(left.left, left.key, left.value, link(left.right, key, value, right));
  }
  if (right !== undefined && weightOf(right) > WEIGHT_RATIO * weightOf(left)) {
    return balanced(link(left, key, value, right.left), right.key, right.value, right.right);
  }
  return nodeOf(left, key, value, right);
}

/** `link` without a key between the two. */
function concat<Value>(left: Tree<Value>, right: Tree<Value>): Tree<Value> {
  if (left === undefined) return right;
  if (right === undefined) return left;
  let first = right;
  while (first.left !== undefined) first = first.left;
  const [, , rest] = split(right, first.key);
  return link(left, first.key, first.value, rest);
}

/** What is below `key`, what is at it, and what is above. */
function split<Value>(
  tree: Tree<Value>,
  key: string,
): readonly [Tree<Value>, Node<Value> | undefined, Tree<Value>] {
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
  const isLeft = left.size >= right.size;
  const root = isLeft ? left : right;
  const [below, found, above] = split(isLeft ? right : left, root.key);
  const lower = isLeft ? union(root.left, below, combine) : union(below, root.left, combine);
  const upper = isLeft ? union(root.right, above, combine) : union(above, root.right, combine);
  const value = combined(root.value, found, isLeft, combine);
  if (value === undefined) return concat(lower, upper);
  const isSame = value === root.value && lower === root.left && upper === root.right;
  return isSame ? root : link(lower, root.key, value, upper);
}

function combined<Value>(
  value: Value,
  found: Node<Value> | undefined,
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
