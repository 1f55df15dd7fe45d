/*
 * What is known: the event half of an interval tree stamp.
 *
 * An event tree is a function from the interval 0..1 to counts, in steps. A node adds its base to
 * both of its halves:
 *
 *     (1, 2, (0, 1, 0))         4
 *                               3  ######
 *      base 1 everywhere;       2  ######### 1 more on its left
 *      2 more on the left;      1  ############
 *      on the right                0  .  ½  .  1
 *
 * One tree knows all that another knows if its function is nowhere the smaller one. Trees are
 * joined by taking the larger of the two everywhere. What is common to both halves is written in
 * the base, so that every function has one tree.
 *
 * An event must make the function larger somewhere that its replica owns, and may do it anywhere
 * there. First the replica *fills*: wherever it owns a whole interval, it levels the steps of that
 * up to the highest, which makes the tree smaller and counts as an event. If nothing can be filled
 * it *grows*: it adds 1 where that takes the fewest new nodes, and among these nearest to the root.
 *
 *     fill    who owns the left half:  (0, (0, 1, 2), 1)  →  (0, 2, 1), written (1, 1, 0)
 *     grow    who owns the left half:  4  →  (4, 1, 0), because the right half is somebody else's
 *
 * Source: Almeida, Baquero and Fonte, "Interval Tree Clocks: A Logical Clock for Dynamic Systems",
 * OPODIS 2008. Between two places that cost the same it grows on the right, as the reference in
 * Erlang does. What is lifted on the way down is carried along as a number, where the paper builds
 * lifted trees.
 */
import { invariant } from '../invariant.ts';
import type { Identity } from './identity.ts';

/** Counts over an interval: the same everywhere, or what its halves have above a base. */
export type EventTree = number | EventNode;

/** Counts over two halves. At least one of these has base 0, and they are not the same number. */
export interface EventNode {
  readonly base: number;
  readonly left: EventTree;
  readonly right: EventTree;
}

/** What a new node costs when a tree grows: more than any way down to a leaf. */
const NODE_COST = 0x1_0000;

function baseOf(tree: EventTree): number {
  return typeof tree === 'number' ? tree : tree.base;
}

function lift(tree: EventTree, by: number): EventTree {
  if (typeof tree === 'number') return tree + by;
  return { base: tree.base + by, left: tree.left, right: tree.right };
}

function heightOf(tree: EventTree): number {
  if (typeof tree === 'number') return tree;
  return tree.base + Math.max(heightOf(tree.left), heightOf(tree.right));
}

/** The tree of two halves above a base, in normal form. */
export function eventsOf(base: number, left: EventTree, right: EventTree): EventTree {
  if (typeof left === 'number' && left === right) return base + left;
  const common = Math.min(baseOf(left), baseOf(right));
  if (common === 0) return { base, left, right };
  return { base: base + common, left: lift(left, -common), right: lift(right, -common) };
}

/** What the halves of a tree have above its base: of a number, nothing. */
function leftOf(tree: EventTree): EventTree {
  return typeof tree === 'number' ? 0 : tree.left;
}

function rightOf(tree: EventTree): EventTree {
  return typeof tree === 'number' ? 0 : tree.right;
}

/** Whether `left` knows nothing that `right` does not. Stops at the first thing that it does. */
export function leqEvents(left: EventTree, right: EventTree): boolean {
  return leqAt(left, 0, right, 0);
}

/** Both trees, lifted by what stands above them. */
function leqAt(left: EventTree, leftBy: number, right: EventTree, rightBy: number): boolean {
  const leftBase = baseOf(left) + leftBy;
  const rightBase = baseOf(right) + rightBy;
  if (leftBase > rightBase) return false;
  // What an event leaves as it was is the same object after it.
  if (typeof left === 'number' || left === right) return true;
  return (
    leqAt(left.left, leftBase, leftOf(right), rightBase) &&
    leqAt(left.right, leftBase, rightOf(right), rightBase)
  );
}

/** All that `left` or `right` knows. */
export function joinEvents(left: EventTree, right: EventTree): EventTree {
  return joinAt(left, 0, right, 0);
}

function joinAt(left: EventTree, leftBy: number, right: EventTree, rightBy: number): EventTree {
  const leftBase = baseOf(left) + leftBy;
  const rightBase = baseOf(right) + rightBy;
  if (leftBase > rightBase) return joinAt(right, rightBy, left, leftBy);
  if (typeof left === 'number' || left === right) {
    // Nowhere larger than the other, which is lifted at least as high.
    return rightBy === 0 ? right : lift(right, rightBy);
  }
  const by = rightBase - leftBase;
  return eventsOf(
    leftBase,
    joinAt(left.left, 0, leftOf(right), by),
    joinAt(left.right, 0, rightOf(right), by),
  );
}

/**
 * `tree` after one more event of whoever owns `identity`.
 *
 * @throws RangeError if nothing is owned, or the count would be larger than 2^53-1.
 */
export function nextEvents(identity: Identity, tree: EventTree): EventTree {
  if (identity === 0) {
    throw new RangeError('event: expected a stamp that owns something, got an anonymous one');
  }
  const filled = fill(identity, tree);
  // Filling gives back the very tree where it finds nothing to fill.
  return filled === tree ? grow(identity, tree, 0).tree : filled;
}

function fill(identity: Identity, tree: EventTree): EventTree {
  if (identity === 0 || typeof tree === 'number') return tree;
  if (identity === 1) return heightOf(tree);
  let { left, right } = tree;
  if (identity.left === 1) {
    right = fill(identity.right, right);
    left = Math.max(heightOf(left), baseOf(right));
  } else if (identity.right === 1) {
    left = fill(identity.left, left);
    right = Math.max(heightOf(right), baseOf(left));
  } else {
    left = fill(identity.left, left);
    right = fill(identity.right, right);
  }
  if (left === tree.left && right === tree.right) return tree;
  return eventsOf(tree.base, left, right);
}

interface Grown {
  readonly tree: EventTree;
  readonly cost: number;
}

/** Adds 1 where it is cheapest. `above` is what the nodes above add to this tree. */
function grow(identity: Identity, tree: EventTree, above: number): Grown {
  if (identity === 1) {
    invariant(typeof tree === 'number', 'a tree that can be filled does not grow');
    if (above + tree >= Number.MAX_SAFE_INTEGER) {
      throw new RangeError(`event: expected a count below 2^53-1, got ${above + tree}`);
    }
    return { tree: tree + 1, cost: 0 };
  }
  invariant(identity !== 0, 'a tree grows only where it is owned');
  if (typeof tree === 'number') {
    const grown = grow(identity, { base: tree, left: 0, right: 0 }, above);
    return { tree: grown.tree, cost: grown.cost + NODE_COST };
  }
  const { base, left, right } = tree;
  const byLeft = identity.left === 0 ? undefined : grow(identity.left, left, above + base);
  const byRight = identity.right === 0 ? undefined : grow(identity.right, right, above + base);
  if (byLeft !== undefined && (byRight === undefined || byLeft.cost < byRight.cost)) {
    return { tree: { base, left: byLeft.tree, right }, cost: byLeft.cost + 1 };
  }
  invariant(byRight !== undefined, 'a node of an identity owns something');
  return { tree: { base, left, right: byRight.tree }, cost: byRight.cost + 1 };
}

/** `tree` as the paper writes it: `(1, 2, (0, 1, 0))`. */
export function eventsText(tree: EventTree): string {
  if (typeof tree === 'number') return String(tree);
  return `(${tree.base}, ${eventsText(tree.left)}, ${eventsText(tree.right)})`;
}
