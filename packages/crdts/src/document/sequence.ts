/*
 * An order of everything that was ever put into a list, the same on every replica.
 *
 * Problem: two people insert at one place without knowing of each other. All replicas must put both
 * insertions into the same order, whichever arrives first, and two runs of insertions must not be
 * shuffled into each other: "milk, eggs" and "soap, towels" make one list after the other.
 *
 * Why the obvious way fails: an index means another place on every replica. "After the element
 * that I saw on the left" is the same place everywhere, but leaves open which of two newcomers
 * there is first, and what is prepended one by one, by two people, interleaves.
 *
 * Idea: a newcomer, a slot here, names both neighbours of its birth: its left and its right
 * origin. It becomes a child of the left one, to the right of it. Only if that one had children
 * there already, so that the right origin has the same left origin, it becomes a child of the right
 * one, its right parent, to the left of it. Children on one side stand in the order of their
 * replicas' ids. That is the order Fugue, as in texts: what one writes in one place stays in one
 * subtree.
 *
 *     L  a1 a2 a3  b1 b2  R        a1 and b1 are children of L; a2 is one of a1, b2 of b1
 *
 * So a newcomer stands before all that hangs on the next one of its brothers. The last child on the
 * left stands right before its parent, and the last one on the right behind all that hangs on the
 * brother before it.
 *
 * Slots are never removed: what others name must be found. They are hidden instead. A B+tree with
 * two sums, of all slots and of those that are shown, turns places into indexes and back.
 *
 * Cost: O(log n) for everything. To find the end of all that hangs on a brother is as much as that
 * is deep, but never more than what hangs on the brother on the other side.
 *
 * Source: Weidner, Gentle and Kleppmann, "The Art of the Fugue: Minimizing Interleaving in
 * Collaborative Text Editing", IEEE TPDS 2025.
 */
import type { CausalGraph } from '../graph/causal-graph.ts';
import type { ReplicaId } from '../replica-id.ts';

/** Slots of a leaf, or children of a node, at most. */
const FANOUT = 48;

/** Children of a slot on one side, in their order; a single one, as most are, without an array. */
type Children<Owner> = Slot<Owner> | Slot<Owner>[] | undefined;

/** A place in a sequence: born once, found for ever, shown or hidden. */
export class Slot<Owner> {
  /** The event that made it. */
  readonly lv: number;
  /** What stands in this place; of a place that was moved into, the element that was moved. */
  owner: Owner;
  /** The left origin; set once, as is the next one. */
  left: Slot<Owner> | undefined;
  /** The right origin, if it has the same left origin; else no slot hangs between them. */
  rightParent: Slot<Owner> | undefined;
  /** What has it as right parent. */
  lefts: Children<Owner> = undefined;
  /** What has it as left origin, and no right parent. */
  rights: Children<Owner> = undefined;
  /** Where it is in the B+tree; set when it is put into the sequence. */
  leaf: Branch<Owner> | undefined = undefined;
  isShown = false;
  /** Whose it is, once that was asked. */
  replicaId: ReplicaId | undefined = undefined;

  constructor(
    lv: number,
    owner: Owner,
    left: Slot<Owner> | undefined,
    right: Slot<Owner> | undefined,
  ) {
    this.lv = lv;
    this.owner = owner;
    this.left = left;
    this.rightParent = right?.left === left ? right : undefined;
  }
}

/** A node of the tree. One without children is a leaf. */
class Branch<Owner> {
  parent: Branch<Owner> | undefined = undefined;
  children: Branch<Owner>[] = [];
  slots: Slot<Owner>[] = [];
  /** The leaf to the right of this leaf. */
  next: Branch<Owner> | undefined = undefined;
  count = 0;
  shown = 0;
}

/** See the head of the file. */
export class Sequence<Owner> {
  readonly #graph: CausalGraph;
  readonly #first = new Branch<Owner>();
  #root = this.#first;
  /** What was inserted at the start, and has no right parent. */
  #rights: Children<Owner> = undefined;

  /** @param graph - Knows the replicas of the events, which decide between equal origins. */
  constructor(graph: CausalGraph) {
    this.#graph = graph;
  }

  /** How many slots are shown. */
  get length(): number {
    return this.#root.shown;
  }

  /** Puts `slot` to its place between its origins. */
  add(slot: Slot<Owner>): void {
    const brothers = childrenIn(this.#brothersOf(slot));
    let at = 0;
    for (let end = brothers.length; at < end;) {
      const middle = (at + end) >> 1;
      const brother = brothers[middle];
      if (brother !== undefined && this.#precedes(brother, slot)) at = middle + 1;
      else end = middle;
    }
    this.#place(slot, brothers[at - 1], brothers[at]);
    this.#setBrothers(slot, brothers.length === 0 ? slot : insertAt(brothers, at, [slot]));
  }

  /** Inserts a slot between two of its brothers, or at an end of them. */
  #place(slot: Slot<Owner>, before: Slot<Owner> | undefined, next: Slot<Owner> | undefined): void {
    const { left, rightParent } = slot;
    if (next === undefined && rightParent !== undefined) {
      this.#insertBefore(rightParent, slot);
      return;
    }
    // Down both sides of the gap at once: who makes one side long has to make the other one, too.
    let last = before ?? (next === undefined ? left : undefined);
    let first = next;
    for (;;) {
      const lower = before === undefined ? undefined : childrenIn(last?.rights).at(-1);
      if (lower === undefined && (last !== undefined || next === undefined)) {
        this.#insertBehind(last, slot);
        return;
      }
      const upper = childrenIn(first?.lefts)[0];
      if (upper === undefined && first !== undefined) {
        this.#insertBefore(first, slot);
        return;
      }
      last = lower;
      first = upper;
    }
  }

  /**
   * Puts `slots`, each the left origin of the next one, right behind that of the first one, which
   * is new itself: nothing can stand between them. O(log n + count).
   */
  addAll(slots: readonly Slot<Owner>[]): void {
    const left = slots[0]?.left;
    const leaf = left?.leaf ?? this.#first;
    const at = left === undefined ? 0 : leaf.slots.lastIndexOf(left) + 1;
    for (const slot of slots) if (slot.left !== undefined) slot.left.rights = slot;
    this.#insert(leaf, at, slots);
  }

  /** Says of a slot that is in the sequence, before those behind it, whose child it is. */
  adopt(slot: Slot<Owner>): void {
    const brothers = childrenIn(this.#brothersOf(slot));
    this.#setBrothers(slot, brothers.length === 0 ? slot : insertAt(brothers, Infinity, [slot]));
  }

  /** Puts `slot` behind all others. */
  push(slot: Slot<Owner>): void {
    let last = this.#root;
    while (last.children.length > 0) last = last.children[last.children.length - 1] ?? last;
    this.#insert(last, last.slots.length, [slot]);
  }

  /** The slot behind `slot`, or the first one; O(1). */
  next(slot: Slot<Owner> | undefined): Slot<Owner> | undefined {
    const leaf = slot?.leaf ?? this.#first;
    const at = slot === undefined ? 0 : leaf.slots.lastIndexOf(slot) + 1;
    return leaf.slots[at] ?? leaf.next?.slots[0];
  }

  /** The slot that is shown at `index`; O(log n). */
  at(index: number): Slot<Owner> | undefined {
    if (index < 0 || index >= this.#root.shown) return undefined;
    let rest = index;
    let branch = this.#root;
    while (branch.children.length > 0) {
      for (const child of branch.children) {
        branch = child;
        if (rest < child.shown) break;
        rest -= child.shown;
      }
    }
    return branch.slots.find((slot) => slot.isShown && (rest -= 1) < 0);
  }

  /** How many slots are shown before `slot`; O(log n). */
  indexOf(slot: Slot<Owner>): number {
    let index = 0;
    for (const other of slot.leaf?.slots ?? []) {
      if (other === slot) break;
      if (other.isShown) index += 1;
    }
    return index + before(slot.leaf, 'shown');
  }

  /** How many slots there are before `slot`, shown or not: tells which is first; O(log n). */
  rankOf(slot: Slot<Owner>): number {
    return (slot.leaf?.slots.lastIndexOf(slot) ?? 0) + before(slot.leaf, 'count');
  }

  /** Shows or hides `slot`; O(log n). */
  show(slot: Slot<Owner>, isShown: boolean): void {
    if (slot.isShown === isShown) return;
    slot.isShown = isShown;
    const change = isShown ? 1 : -1;
    for (let branch = slot.leaf; branch !== undefined; branch = branch.parent) {
      branch.shown += change;
    }
  }

  /** All slots, shown or not, in order. */
  *all(): Generator<Slot<Owner>> {
    for (let leaf: Branch<Owner> | undefined = this.#first; leaf; leaf = leaf.next) {
      yield* leaf.slots;
    }
  }

  /** The slots that are shown, in order. */
  *[Symbol.iterator](): Iterator<Slot<Owner>> {
    for (let leaf: Branch<Owner> | undefined = this.#first; leaf; leaf = leaf.next) {
      for (const slot of leaf.slots) if (slot.isShown) yield slot;
    }
  }

  /** The children of the same parent on the same side. */
  #brothersOf({ left, rightParent }: Slot<Owner>): Children<Owner> {
    if (rightParent !== undefined) return rightParent.lefts;
    return left === undefined ? this.#rights : left.rights;
  }

  #setBrothers({ left, rightParent }: Slot<Owner>, brothers: Children<Owner>): void {
    if (rightParent !== undefined) rightParent.lefts = brothers;
    else if (left === undefined) this.#rights = brothers;
    else left.rights = brothers;
  }

  #insertBefore(other: Slot<Owner>, slot: Slot<Owner>): void {
    const leaf = other.leaf ?? this.#first;
    this.#insert(leaf, leaf.slots.lastIndexOf(other), [slot]);
  }

  #insertBehind(other: Slot<Owner> | undefined, slot: Slot<Owner>): void {
    const leaf = other?.leaf ?? this.#first;
    this.#insert(leaf, other === undefined ? 0 : leaf.slots.lastIndexOf(other) + 1, [slot]);
  }

  /** Whether `left` comes first of two with the same origins: by replica id, then by sequence. */
  #precedes(left: Slot<Owner>, right: Slot<Owner>): boolean {
    const graph = this.#graph;
    left.replicaId ??= graph.replicaId(graph.replicaOf(left.lv));
    right.replicaId ??= graph.replicaId(graph.replicaOf(right.lv));
    if (left.replicaId === right.replicaId) return left.lv < right.lv;
    return left.replicaId < right.replicaId;
  }

  #insert(leaf: Branch<Owner>, at: number, slots: readonly Slot<Owner>[]): void {
    let shown = 0;
    for (const slot of slots) {
      slot.leaf = leaf;
      if (slot.isShown) shown += 1;
    }
    leaf.slots = insertAt(leaf.slots, at, slots);
    for (let node: Branch<Owner> | undefined = leaf; node !== undefined; node = node.parent) {
      node.count += slots.length;
      node.shown += shown;
    }
    this.#divide(leaf, at);
  }

  /** Moves what is too much for a branch, into which something came at `at`, to its right. */
  #divide(branch: Branch<Owner>, at: number): void {
    const { slots, children } = branch;
    const length = slots.length + children.length;
    if (length <= FANOUT) return;
    // Who appends leaves full branches behind.
    const size = at >= FANOUT || length > 2 * FANOUT ? FANOUT : FANOUT >> 1;
    const parent = branch.parent ?? this.#grow(branch);
    const added: Branch<Owner>[] = [];
    let last = branch;
    for (let from = size; from < length; from += size) {
      const right = branchOf(slots.slice(from, from + size), children.slice(from, from + size));
      right.parent = parent;
      right.next = last.next;
      last.next = right;
      last = right;
      branch.count -= right.count;
      branch.shown -= right.shown;
      added.push(right);
    }
    branch.slots = slots.slice(0, size);
    branch.children = children.slice(0, size);
    const place = parent.children.lastIndexOf(branch) + 1;
    parent.children = insertAt(parent.children, place, added);
    this.#divide(parent, place);
  }

  /** A new root above the old one. */
  #grow(branch: Branch<Owner>): Branch<Owner> {
    const root = new Branch<Owner>();
    root.children.push(branch);
    root.count = branch.count;
    root.shown = branch.shown;
    branch.parent = root;
    this.#root = root;
    return root;
  }
}

/** A branch of slots or of other branches, which are told that they are in it. */
function branchOf<Owner>(slots: Slot<Owner>[], children: Branch<Owner>[]): Branch<Owner> {
  const branch = new Branch<Owner>();
  branch.slots = slots;
  branch.children = children;
  branch.count = slots.length;
  for (const slot of slots) {
    slot.leaf = branch;
    if (slot.isShown) branch.shown += 1;
  }
  for (const child of children) {
    child.parent = branch;
    branch.count += child.count;
    branch.shown += child.shown;
  }
  return branch;
}

/** `items` with others in them; the same array if there is one more. */
function insertAt<Item>(items: Item[], at: number, added: readonly Item[]): Item[] {
  const [only] = added;
  if (added.length > 1 || only === undefined) {
    return [...items.slice(0, at), ...added, ...items.slice(at)];
  }
  if (at >= items.length) items.push(only);
  else items.splice(at, 0, only);
  return items;
}

function childrenIn<Owner>(children: Children<Owner>): Slot<Owner>[] {
  if (children === undefined) return [];
  return children instanceof Slot ? [children] : children;
}

/** The sum of one measure over everything left of `leaf`. */
function before<Owner>(leaf: Branch<Owner> | undefined, measure: 'count' | 'shown'): number {
  let sum = 0;
  for (let branch = leaf; branch?.parent !== undefined; branch = branch.parent) {
    for (const sibling of branch.parent.children) {
      if (sibling === branch) break;
      sum += sibling[measure];
    }
  }
  return sum;
}
