/*
 * The order of a list, kept up to date: an element by its index, and a place for a new one, without
 * looking at all of them.
 *
 * A Fugue tree says in which order its nodes are, but to find the node at index 500 one must read
 * it from the left. So the nodes are also kept by labels, numbers that ascend in the order of the
 * list:
 *
 *      labels     100: a    150: x (dead)    200: b         by label, for neighbours
 *                 100: a                     200: b         those that live: an index is a rank
 *      ids        a: 100    b: 200    x: 150                by id, for what is told by name
 *
 * Both are search trees that count what is below each entry, so index to label and label to index
 * are O(log n). A new node gets a label between its neighbours'. Where there is no number left,
 * those around are spread evenly: over the smallest range, of widths 32, 64, 128 and so on, that is
 * not too full. The wider a range, the emptier it must be, so ranges fill up again only after as
 * many insertions as there are nodes to spread, and each insertion pays for O(log n) of them.
 *
 * Which neighbours a new node has, its siblings tell: it comes after the subtree of the sibling
 * before it. All of this is read off the nodes and says nothing new: two lists of equal nodes may
 * have different labels.
 *
 * Source: Bender, Cole, Demaine, Farach-Colton and Zito, "Two simplified algorithms for maintaining
 * order in a list", ESA 2002, for the labels.
 */
import {
  countOf,
  entriesOf,
  entryAt,
  fromSorted,
  get,
  type OrderedMap,
  put,
  rankOf,
  without,
} from '../ordered-map.ts';
import { emptyMap, SortedMap } from '../plain/sorted-map.ts';
import { compareIds, type ElementId } from './element-id.ts';
import { childrenOf, nodeOrder, type TreePlace } from './fugue-tree.ts';

/** The order of the nodes of one state. */
export interface ListOrder {
  /** Every node that hangs below the root, by its label. */
  readonly nodes: OrderedMap<number, ElementId>;
  /** What lives there: for some nodes, an element. */
  readonly alive: OrderedMap<number, ElementId>;
  readonly labels: SortedMap<number>;
  /** By parent and side, in their order; also of parents that have not arrived. */
  readonly children: SortedMap<readonly ElementId[]>;
}

/** What an order is made of. */
export interface ListNodes {
  readonly places: SortedMap<TreePlace>;
  /** The element that lives at a node, if one does. */
  readonly aliveAt: (node: ElementId) => ElementId | undefined;
}

/**
 * The order of a state, once somebody has asked for it. It belongs to the state, as a map from
 * states to orders, however weak, keeps too many of them too long.
 */
export class LazyOrder {
  #order: ListOrder | undefined;

  constructor(order?: ListOrder) {
    this.#order = order;
  }

  /** The order, if it is there. */
  get known(): ListOrder | undefined {
    return this.#order;
  }

  /** The order of `nodes`, always the same ones. */
  of(nodes: ListNodes): ListOrder {
    this.#order ??= orderOf(nodes);
    return this.#order;
  }
}

/** The order of nodes. O(n log n). */
function orderOf({ places, aliveAt }: ListNodes): ListOrder {
  const byParent = childrenOf(places);
  const order = nodeOrder(byParent);
  const step = Math.min(STEP, Math.floor(LABEL_END / 4 / (order.length + 1)));
  const from = LABEL_END / 2 - Math.floor(order.length / 2) * step;
  const nodes = order.map((value, index) => ({ key: from + index * step, value }));
  const children: (readonly [string, readonly ElementId[]])[] = [];
  for (const [parent, { left, right }] of byParent) {
    if (left.length > 0) children.push([keyOf(parent, 'left'), left]);
    if (right.length > 0) children.push([keyOf(parent, 'right'), right]);
  }
  const alive = nodes.flatMap(({ key, value: node }) => {
    const value = aliveAt(node);
    return value === undefined ? [] : [{ key, value }];
  });
  return {
    nodes: fromSorted(nodes),
    alive: fromSorted(alive),
    labels: mapOf(nodes.map(({ key, value }) => [value, key] as const)),
    children: mapOf(children),
  };
}

/**
 * The order with other nodes, of which those in `changed` are new, or live or die now.
 *
 * @remarks
 * O(log n) for each, and for each of the subtree beside which a new one is put, as far as it leans
 * that way: mostly none.
 */
export function changedOrder(
  order: ListOrder,
  { places, aliveAt }: ListNodes,
  changed: Iterable<ElementId>,
): ListOrder {
  const change = new OrderChange(order, aliveAt);
  for (const id of changed) {
    const place = places.get(id);
    if (place !== undefined) change.put(id, place);
  }
  return change.order;
}

/**
 * The order of a join, made of that of one side; `undefined` if a new one is to be made.
 *
 * @param from - The nodes of that side.
 * @param news - Those of the other side.
 * @param joined - What became of both.
 * @param changed - The nodes that may be new, or live or die now, beside `news`.
 */
export function carriedOrder(
  order: ListOrder | undefined,
  from: SortedMap<TreePlace>,
  news: SortedMap<TreePlace>,
  joined: ListNodes,
  changed: Iterable<ElementId>,
): ListOrder | undefined {
  if (order === undefined || 2 * news.size > joined.places.size) return undefined;
  let size = from.size;
  for (const id of news.keys()) size += Number(joined.places.has(id) && !from.has(id));
  // Some were dropped.
  if (size !== joined.places.size) return undefined;
  return changedOrder(changedOrder(order, joined, news.keys()), joined, changed);
}

/**
 * Where to put what comes to `index` of what lives.
 *
 * @remarks O(log n), and for each dead node between the two neighbours.
 */
export function placeAt(order: ListOrder, index: number): TreePlace {
  const before = entryAt(order.alive, index - 1);
  const after = entryAt(order.alive, index);
  const parent = before === undefined ? '' : nodeAt(order, before.key);
  return after !== undefined && isWithin(order, after.key, parent)
    ? { parent: nodeAt(order, after.key), side: 'left' }
    : { parent, side: 'right' };
}

/** What lives at `index`, if something does. O(log n). */
export function aliveAtIndex(order: ListOrder, index: number): ElementId | undefined {
  return entryAt(order.alive, index)?.value;
}

/** How many live. O(1). */
export function aliveCount(order: ListOrder): number {
  return countOf(order.alive);
}

/** `count` of what lives, from `index` on. O(log n + count). */
export function aliveFrom(order: ListOrder, index = 0, count?: number): ElementId[] {
  const ids: ElementId[] = [];
  const first = entryAt(order.alive, index);
  if (first === undefined) return ids;
  for (const { value } of entriesOf(order.alive, first.key)) {
    if (ids.length === count) break;
    ids.push(value);
  }
  return ids;
}

/** Labels are above 0, which is that of the root, and below this: 2^52. */
const LABEL_END = 0x10_0000_0000_0000;

/** How far apart labels are at most. */
const STEP = 0x1_0000_0000;

/**
 * A new label is this much nearer to that of its parent. Whoever inserts a row of elements puts
 * each below the last one, and so leaves most of the room for those to come.
 */
const NEARNESS = 1024;

/** By how much emptier a range must be than one of half its width. */
const THINNING = 1.4;

class OrderChange {
  readonly #aliveAt: ListNodes['aliveAt'];
  #nodes: ListOrder['nodes'];
  #alive: ListOrder['alive'];
  #labels: ListOrder['labels'];
  #children: ListOrder['children'];

  constructor({ nodes, alive, labels, children }: ListOrder, aliveAt: ListNodes['aliveAt']) {
    this.#aliveAt = aliveAt;
    this.#nodes = nodes;
    this.#alive = alive;
    this.#labels = labels;
    this.#children = children;
  }

  get order(): ListOrder {
    return {
      nodes: this.#nodes,
      alive: this.#alive,
      labels: this.#labels,
      children: this.#children,
    };
  }

  /** Takes in a node, or that it lives or dies. */
  put(id: ElementId, { parent, side }: TreePlace): void {
    const label = this.#labels.get(id);
    if (label !== undefined) {
      this.#show(id, label);
      return;
    }
    const key = keyOf(parent, side);
    const siblings = this.#children.get(key) ?? [];
    const at = siblings.findLastIndex((one) => compareIds(one, id) <= 0);
    if (siblings[at] === id) return;
    this.#children = this.#children.set(key, siblings.toSpliced(at + 1, 0, id));
    if (parent === '' ? side === 'right' : this.#labels.has(parent)) this.#hang(id, parent, side);
  }

  /** Labels a node whose parent has a label, and what has waited below it. */
  #hang(first: ElementId, under: ElementId, onSide: TreePlace['side']): void {
    const pending: (readonly [ElementId, ElementId, TreePlace['side']])[] = [
      [first, under, onSide],
    ];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const [id, parent, side] = next;
      const label = this.#labelAfter(this.#neighbourOf(id, parent, side), side);
      this.#nodes = put(this.#nodes, label, id);
      this.#labels = this.#labels.set(id, label);
      this.#show(id, label);
      for (const below of ['left', 'right'] as const) {
        const children = this.#children.get(keyOf(id, below)) ?? [];
        // The last one first: beside labelled siblings each one finds its place.
        for (const child of children) pending.push([child, id, below]);
      }
    }
  }

  #show(id: ElementId, label: number): void {
    const element = this.#aliveAt(id);
    this.#alive =
      element === undefined ? without(this.#alive, label) : put(this.#alive, label, element);
  }

  /** The label of the node before the place of `id`; 0 at the beginning. */
  #neighbourOf(id: ElementId, parent: ElementId, side: TreePlace['side']): number {
    const siblings = this.#children.get(keyOf(parent, side)) ?? [];
    const at = siblings.indexOf(id);
    const before = siblings.slice(0, at).findLast((one) => this.#labels.has(one));
    if (before !== undefined) return this.#labelOf(this.#lastBelow(before, 'right'));
    // Right children begin behind their parent; left ones before all that is below it.
    if (side === 'right') return this.#labelOf(parent);
    const first = this.#labelOf(this.#lastBelow(parent, 'left'));
    return entryAt(this.#nodes, rankOf(this.#nodes, first) - 1)?.key ?? 0;
  }

  /** The outermost node of the subtree of `id` on one side. */
  #lastBelow(id: ElementId, side: TreePlace['side']): ElementId {
    let at = id;
    for (;;) {
      const children = (this.#children.get(keyOf(at, side)) ?? []).filter((one) =>
        this.#labels.has(one),
      );
      const next = side === 'left' ? children[0] : children.at(-1);
      if (next === undefined) return at;
      at = next;
    }
  }

  #labelOf(id: ElementId): number {
    return this.#labels.get(id) ?? 0;
  }

  /** A free label between `before` and the next one, on the side of the parent. */
  #labelAfter(before: number, side: TreePlace['side']): number {
    const rank = before === 0 ? 0 : rankOf(this.#nodes, before) + 1;
    const next = entryAt(this.#nodes, rank)?.key ?? LABEL_END;
    if (next - before > 1) {
      const distance = Math.max(1, Math.min(STEP, Math.floor((next - before) / NEARNESS)));
      return side === 'right' ? before + distance : next - distance;
    }
    const id = get(this.#nodes, before);
    this.#spread(before === 0 ? next : before);
    return this.#labelAfter(id === undefined ? 0 : this.#labelOf(id), side);
  }

  /** Spreads the labels around this one, so that there is room on both sides of each. */
  #spread(around: number): void {
    // Below that, the first of a range could get a label with no room before it.
    let width = 32;
    let room = width / THINNING ** 5;
    while (width < LABEL_END && this.#crowdIn(around, width) > room) {
      width *= 2;
      room *= 2 / THINNING;
    }
    const first = Math.floor(around / width) * width;
    const crowd: (readonly [ElementId, ElementId | undefined])[] = [];
    for (const { key, value } of entriesOf(this.#nodes, first)) {
      if (key >= first + width) break;
      crowd.push([value, get(this.#alive, key)]);
      this.#nodes = without(this.#nodes, key);
      this.#alive = without(this.#alive, key);
    }
    for (const [index, [id, element]] of crowd.entries()) {
      const label = first + Math.floor(((index + 0.5) * width) / crowd.length);
      this.#nodes = put(this.#nodes, label, id);
      this.#labels = this.#labels.set(id, label);
      if (element !== undefined) this.#alive = put(this.#alive, label, element);
    }
  }

  /** How many labels there are in the range of this width that has `label`. */
  #crowdIn(label: number, width: number): number {
    const first = Math.floor(label / width) * width;
    return rankOf(this.#nodes, first + width) - rankOf(this.#nodes, first);
  }
}

/** Whether the node of `label`, behind `ancestor` and with nothing alive between, is below it. */
function isWithin({ labels, children }: ListOrder, label: number, ancestor: ElementId): boolean {
  if (ancestor === '') return true;
  let at = ancestor;
  for (;;) {
    const last = children.get(keyOf(at, 'right'))?.at(-1);
    if (last === undefined) return false;
    // A subtree is all that stands between its ancestor and its last node.
    if ((labels.get(last) ?? 0) >= label) return true;
    at = last;
  }
}

function nodeAt({ nodes }: ListOrder, label: number): ElementId {
  return get(nodes, label) ?? '';
}

/** No id has a '<' or '>' in front: it begins with a number. */
function keyOf(parent: ElementId, side: TreePlace['side']): string {
  return `${side === 'left' ? '<' : '>'}${parent}`;
}

function mapOf<Value>(entries: readonly (readonly [string, Value])[]): SortedMap<Value> {
  const sorted = entries.toSorted(([left], [right]) => (left < right ? -1 : 1));
  return sorted.length === 0 ? emptyMap : SortedMap.fromSorted(sorted);
}
