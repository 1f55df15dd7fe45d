/*
 * Where a new element goes, so that all replicas agree and nobody's words are torn apart.
 *
 * An index means nothing elsewhere, so an element is placed beside another one. "After c" alone is
 * not enough: two who type backwards at one place, each element before its last, would find their
 * words shuffled. Fugue makes the elements the nodes of a tree, read from left to right:
 *
 *      left children, the node itself, right children
 *
 * Who inserts between a and its next neighbour b makes the new element a right child of a if b is
 * not below a, and else a left child of b. What somebody types in one go becomes one subtree, and
 * subtrees lie one beside the other. Siblings are in the order of their ids.
 *
 *      a and b type "xy" and "uv" into an empty list:     root
 *                                                         /  \
 *                                                        x    u          read: x y u v
 *                                                         \    \
 *                                                          y    v
 *
 * A deleted element stays in the tree as a dead node, for those below it. Here an element is placed
 * beside living ones only: the next neighbour is the next one that lives. So nothing is ever put
 * below a node that its author knew to be dead, and a dead leaf can go as soon as all know of it.
 *
 * Source: Weidner and Kleppmann, "The Art of the Fugue: Minimizing Interleaving in Collaborative
 * Text Editing". Placing beside living nodes only is ours.
 */
import type { SortedMap } from '../plain/sorted-map.ts';
import { compareIds, type ElementId } from './element-id.ts';

/** Where a node hangs. */
export interface TreePlace {
  /** Empty for the root. */
  readonly parent: ElementId;
  readonly side: 'left' | 'right';
}

/** The children of one node. */
export interface Children {
  readonly left: readonly ElementId[];
  readonly right: readonly ElementId[];
}

/**
 * The nodes in their order, dead ones included; without those whose parents have not arrived.
 *
 * @remarks O(n), with n the number of nodes.
 */
export function nodeOrder(children: ReadonlyMap<ElementId, Children>): ElementId[] {
  const order: ElementId[] = [];
  // What is to be read next is at the end: a subtree, or a node whose left side has been read.
  const pending: { readonly id: ElementId; readonly isRead: boolean }[] = [];
  const enter = (ids: readonly ElementId[]): void => {
    for (const id of ids.toReversed()) pending.push({ id, isRead: false });
  };
  enter(children.get('')?.right ?? []);
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { id, isRead } = next;
    const own = children.get(id);
    if (isRead) {
      order.push(id);
      enter(own?.right ?? []);
    } else {
      pending.push({ id, isRead: true });
      enter(own?.left ?? []);
    }
  }
  return order;
}

/**
 * The dead nodes that can go: those with nothing below them but others that can go.
 *
 * @param isDead - Whether a node is dead for all replicas, now and for ever.
 */
export function deadLeaves(
  nodes: SortedMap<TreePlace>,
  isDead: (id: ElementId) => boolean,
): Set<ElementId> {
  const counts = new Map<ElementId, number>();
  for (const { parent } of nodes.values()) counts.set(parent, (counts.get(parent) ?? 0) + 1);
  const gone = new Set<ElementId>();
  for (const leaf of nodes.keys()) {
    for (let id = leaf; !gone.has(id) && !counts.get(id) && isDead(id);) {
      const place = nodes.get(id);
      if (place === undefined) break;
      gone.add(id);
      counts.set(place.parent, (counts.get(place.parent) ?? 0) - 1);
      id = place.parent;
    }
  }
  return gone;
}

/** The children of all nodes that have some, in their order. O(n log n). */
export function childrenOf(
  nodes: Iterable<readonly [ElementId, TreePlace]>,
): ReadonlyMap<ElementId, Children> {
  const children = new Map<ElementId, { left: ElementId[]; right: ElementId[] }>();
  for (const [id, { parent, side }] of nodes) {
    let own = children.get(parent);
    if (own === undefined) children.set(parent, (own = { left: [], right: [] }));
    own[side].push(id);
  }
  for (const { left, right } of children.values()) {
    left.sort(compareIds);
    right.sort(compareIds);
  }
  return children;
}
