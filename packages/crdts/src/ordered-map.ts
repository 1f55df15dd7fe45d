/*
 * A map that never changes: a change gives a new one, which shares all but a path with the old.
 *
 * A state of the catalogue is a value, and joining a small delta into it must not cost what the
 * state costs: a copy of a hash map of 100,000 entries would. A balanced search tree is changed by
 * copying the nodes on the way from the root to one leaf, some 17 of 100,000.
 *
 *   put(map, 'd', 4):        f            f'         new: f', c', d
 *                           / \          / \         shared: g, b
 *                          c   g        c'  g
 *                         /            / \
 *                        b            b   d
 *
 * The tree is balanced by weight: no subtree has more than three times the weight of its sibling.
 * Nothing is drawn or hashed, so no choice of keys makes it deep. Its shape tells of its past and
 * says nothing; equal maps list equal entries, by ascending keys.
 *
 * Source: Adams, "Efficient sets: a balancing act", JFP 1993, with the parameters of Hirai and
 * Yamamoto, "Balancing weight-balanced trees", JFP 2011.
 */

/**
 * What names an element of a set or an entry of a map: by value, as in `Map`. NaN is one key, and
 * so is 0 whatever its sign; no text is special. Of an object, take a text that is the same for
 * equal objects.
 */
export type Key = string | number;

/** One entry, and the tree below it. */
export interface OrderedEntry<K extends Key, V> {
  readonly key: K;
  readonly value: V;
  readonly left: OrderedMap<K, V>;
  readonly right: OrderedMap<K, V>;
  /** Of this tree. */
  readonly count: number;
}

/** By ascending keys: numbers, NaN last, then texts by code units. `undefined`: empty. */
export type OrderedMap<K extends Key, V> = OrderedEntry<K, V> | undefined;

/** Below 0 if `left` comes first, 0 if both are the same key. */
export function compareKeys(left: Key, right: Key): number {
  if (typeof left === typeof right) {
    if (left < right) return -1;
    if (left > right) return 1;
  } else {
    return typeof left < typeof right ? -1 : 1;
  }
  // Equal, or one of them is NaN.
  return Number(Number.isNaN(left)) - Number(Number.isNaN(right));
}

/** `key`, or 0 for -0, so that equal keys are the same value everywhere. */
export function ordinary<K extends Key>(key: K): K;
export function ordinary(key: Key): Key {
  return key === 0 ? 0 : key;
}

/** How many entries there are. O(1). */
export function countOf(map: OrderedMap<Key, unknown>): number {
  return map === undefined ? 0 : map.count;
}

/** The value of `key`, if there is one. O(log n). */
export function get<K extends Key, V>(map: OrderedMap<K, V>, key: K): V | undefined {
  let at = map;
  while (at !== undefined) {
    const order = compareKeys(key, at.key);
    if (order === 0) return at.value;
    at = order < 0 ? at.left : at.right;
  }
  return undefined;
}

/** The entry with `index` others before it, if there are so many. O(log n). */
export function entryAt<K extends Key, V>(
  map: OrderedMap<K, V>,
  index: number,
): OrderedEntry<K, V> | undefined {
  let at = map;
  let rest = index;
  while (at !== undefined) {
    const before = countOf(at.left);
    if (rest === before) return at;
    at = rest < before ? at.left : at.right;
    if (rest > before) rest -= before + 1;
  }
  return undefined;
}

/** How many keys come before `key`, which may be there or not. O(log n). */
export function rankOf<K extends Key>(map: OrderedMap<K, unknown>, key: K): number {
  let rank = 0;
  let at = map;
  while (at !== undefined) {
    const order = compareKeys(key, at.key);
    if (order > 0) rank += countOf(at.left) + 1;
    if (order === 0) return rank + countOf(at.left);
    at = order < 0 ? at.left : at.right;
  }
  return rank;
}

/** `map` with `value` under `key`; `map` itself, if it was there already. O(log n). */
export function put<K extends Key, V>(map: OrderedMap<K, V>, key: K, value: V): OrderedMap<K, V> {
  if (map === undefined) return leaf(key, value);
  const order = compareKeys(key, map.key);
  if (order === 0) {
    return value === map.value ? map : entry(map.key, value, map.left, map.right);
  }
  if (order < 0) {
    const left = put(map.left, key, value);
    return left === map.left ? map : balanced(map.key, map.value, left, map.right);
  }
  const right = put(map.right, key, value);
  return right === map.right ? map : balanced(map.key, map.value, map.left, right);
}

/** `map` without `key`; `map` itself, if it was not there. O(log n). */
export function without<K extends Key, V>(map: OrderedMap<K, V>, key: K): OrderedMap<K, V> {
  if (map === undefined) return undefined;
  const order = compareKeys(key, map.key);
  if (order === 0) return glued(map.left, map.right);
  if (order < 0) {
    const left = without(map.left, key);
    return left === map.left ? map : balanced(map.key, map.value, left, map.right);
  }
  const right = without(map.right, key);
  return right === map.right ? map : balanced(map.key, map.value, map.left, right);
}

/** The entries from `from` on, included, or all. O(log n) for the first, then O(1) on average. */
export function* entriesOf<K extends Key, V>(
  map: OrderedMap<K, V>,
  from?: K,
): Generator<OrderedEntry<K, V>, void> {
  const path: OrderedEntry<K, V>[] = [];
  let at = map;
  for (;;) {
    while (at !== undefined) {
      const isBefore = from !== undefined && compareKeys(at.key, from) < 0;
      if (!isBefore) path.push(at);
      at = isBefore ? at.right : at.left;
    }
    const next = path.pop();
    if (next === undefined) return;
    yield next;
    at = next.right;
  }
}

/** A key under which two maps have different values. */
export interface Difference<K extends Key, V> {
  readonly key: K;
  /** `undefined`: none. */
  readonly left: V | undefined;
  readonly right: V | undefined;
}

/**
 * The keys under which the values of two maps are not the same one, ascending.
 *
 * @remarks O(entries of both), without those of the subtrees that the maps share.
 */
export function* differencesOf<K extends Key, V>(
  left: OrderedMap<K, V>,
  right: OrderedMap<K, V>,
): Generator<Difference<K, V>, void> {
  const one = new Front(left);
  const other = new Front(right);
  for (;;) {
    const mine = one.tree;
    const theirs = other.tree;
    if (mine === theirs) {
      if (mine === undefined) return;
      // The same subtree, or the same root of two: then both are opened below.
      if (one.isWhole === other.isWhole) {
        one.pop();
        other.pop();
        continue;
      }
    }
    // The larger one first: what is shared comes to the top of both at the same time.
    if (one.isWhole && (!other.isWhole || countOf(mine) >= countOf(theirs))) one.open();
    else if (other.isWhole) other.open();
    else {
      const order =
        mine === undefined ? 1 : theirs === undefined ? -1 : compareKeys(mine.key, theirs.key);
      if (order <= 0) one.pop();
      if (order >= 0) other.pop();
      const at = order <= 0 ? mine : theirs;
      if (at === undefined || (order === 0 && mine?.value === theirs?.value)) continue;
      const inLeft = order <= 0 ? mine?.value : undefined;
      yield { key: at.key, left: inLeft, right: order >= 0 ? theirs?.value : undefined };
    }
  }
}

/** What of a map is still to be read: subtrees as a whole, and roots of such that were opened. */
class Front<K extends Key, V> {
  readonly #trees: OrderedEntry<K, V>[] = [];
  readonly #areWhole: boolean[] = [];

  constructor(map: OrderedMap<K, V>) {
    this.#push(map, true);
  }

  /** What comes next. */
  get tree(): OrderedMap<K, V> {
    return this.#trees.at(-1);
  }

  /** Whether all of that is still to be read, and not its root alone. */
  get isWhole(): boolean {
    return this.#areWhole.at(-1) === true;
  }

  pop(): void {
    this.#trees.pop();
    this.#areWhole.pop();
  }

  /** Puts the parts of the next subtree in its place. */
  open(): void {
    const { tree } = this;
    this.pop();
    this.#push(tree?.right, true);
    this.#push(tree, false);
    this.#push(tree?.left, true);
  }

  #push(tree: OrderedMap<K, V>, isWhole: boolean): void {
    if (tree === undefined) return;
    this.#trees.push(tree);
    this.#areWhole.push(isWhole);
  }
}

/** The map of `entries`, whose keys ascend. O(n). */
export function fromSorted<K extends Key, V>(
  entries: readonly { readonly key: K; readonly value: V }[],
  start = 0,
  end: number = entries.length,
): OrderedMap<K, V> {
  const middle = (start + end) >> 1;
  const root = entries[middle];
  if (start >= end || root === undefined) return undefined;
  const left = fromSorted(entries, start, middle);
  return entry(root.key, root.value, left, fromSorted(entries, middle + 1, end));
}

/** The map of one entry. */
export function leaf<K extends Key, V>(key: K, value: V): OrderedEntry<K, V> {
  return { key, value, left: undefined, right: undefined, count: 1 };
}

/** The tree of an entry and of what is below and above it, whose weights are in balance. */
export function entry<K extends Key, V>(
  key: K,
  value: V,
  left: OrderedMap<K, V>,
  right: OrderedMap<K, V>,
): OrderedEntry<K, V> {
  return { key, value, left, right, count: 1 + countOf(left) + countOf(right) };
}

/** Whether a subtree of this many entries may not stand beside one of that many: Δ = 3. */
export function isTooHeavy(count: number, sibling: number): boolean {
  return count + 1 > 3 * (sibling + 1);
}

/** As `entry`, where one of the sides has just gained or lost one, or a part of its weight. */
export function balanced<K extends Key, V>(
  key: K,
  value: V,
  left: OrderedMap<K, V>,
  right: OrderedMap<K, V>,
): OrderedEntry<K, V> {
  if (right !== undefined && isTooHeavy(right.count, countOf(left))) {
    const { left: inner, right: outer } = right;
    // Γ = 2: a heavy inner grandchild would be as heavy on the other side, so it is split.
    if (inner !== undefined && countOf(inner) + 1 >= 2 * (countOf(outer) + 1)) {
      const low = entry(key, value, left, inner.left);
      return entry(inner.key, inner.value, low, entry(right.key, right.value, inner.right, outer));
    }
    return entry(right.key, right.value, entry(key, value, left, inner), outer);
  }
  if (left !== undefined && isTooHeavy(left.count, countOf(right))) {
    const { left: outer, right: inner } = left;
    if (inner !== undefined && countOf(inner) + 1 >= 2 * (countOf(outer) + 1)) {
      const high = entry(key, value, inner.right, right);
      return entry(inner.key, inner.value, entry(left.key, left.value, outer, inner.left), high);
    }
    return entry(left.key, left.value, outer, entry(key, value, inner, right));
  }
  return entry(key, value, left, right);
}

/** The tree of both, all keys of `left` being smaller. */
function glued<K extends Key, V>(
  left: OrderedMap<K, V>,
  right: OrderedMap<K, V>,
): OrderedMap<K, V> {
  if (left === undefined) return right;
  if (right === undefined) return left;
  let first: OrderedEntry<K, V> = right;
  while (first.left !== undefined) first = first.left;
  return balanced(first.key, first.value, left, without(right, first.key));
}
