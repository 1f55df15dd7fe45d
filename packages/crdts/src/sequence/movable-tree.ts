/*
 * The tree whose nodes can be moved: folders, outlines, layers.
 *
 * Two moves that are harmless alone make a cycle together: one puts A under B, the other B under A,
 * and both vanish from the tree in a ring. Whether a move is harmless depends on all moves before
 * it, so all replicas must apply all moves in one order. That order cannot be the order of arrival.
 *
 * So the moves are kept in a log, ordered by their stamps: a counter above all that the author had
 * seen, then the author's id. A move that would put a node below itself is skipped. A move that
 * arrives late is put in where it belongs:
 *
 *      log      1 A under root   2 B under root   4 B under A          tree: A > B
 *      arrives  3 A under B
 *      undo 4, do 3, redo 4                       4 is skipped now     tree: B > A
 *
 * Each entry of the log remembers where its node was before, which makes undoing cheap, and late
 * moves are seldom late by much.
 *
 * To create a node is to move it from nowhere, to remove one is to move it to the trash, with all
 * that is below. A removal and a move of that node at once: the later stamp decides. A removal of a
 * node and a move of something into it at once: that goes with it.
 *
 * The log is cut off once it is stable: below the latest stamp of a state that all members know
 * nothing can arrive any more. Nodes in the trash are kept, some 20 bytes each.
 *
 * Source: Kleppmann, Mulligan, Gomes and Beresford, "A highly-available move operation for
 * replicated trees", IEEE Transactions on Parallel and Distributed Systems, 2021.
 */
import { emptyMap, SortedMap } from '../plain/sorted-map.ts';
import { checkReplicaId, type ReplicaId } from '../replica-id.ts';
import { type ElementId, elementId } from './element-id.ts';
import { checkIndex } from './list-arguments.ts';
import { keyBetween } from './position-key.ts';

/** The name of a node for all time; empty for the root. */
export type NodeId = ElementId;

/** Where a node is. */
export interface NodePlace {
  /** The node above, the root, or the trash. */
  readonly parent: NodeId;
  /** Where among its siblings: they are in the order of these texts, then of their ids as texts. */
  readonly position: string;
}

/** One entry of the log. */
export interface TreeMove extends NodePlace {
  readonly node: NodeId;
  /** Where the node was before; `undefined` if nowhere. */
  readonly before: NodePlace | undefined;
  /** Whether it would have put the node below itself, and was left out. */
  readonly isSkipped: boolean;
}

/** The state of a tree. */
export interface MovableTree {
  /** The moves above the floor, by their stamps. */
  readonly log: SortedMap<TreeMove>;
  /** Up to here all moves are known and done with; empty if none are. */
  readonly floor: string;
  /** The stamp of the last move; that of the floor, if the log is empty. */
  readonly latest: string;
  /** Where all nodes are after all moves. */
  readonly tree: SortedMap<NodePlace>;
  /** The nodes in the order of parents and positions: what can be read off the tree. */
  readonly siblings: SortedMap<NodeId>;
}

/** A tree, and what can be read off it. */
type Forest = Pick<MovableTree, 'tree' | 'siblings'>;

/** A node that was created, and the delta of that. */
export interface CreatedNode {
  readonly node: NodeId;
  readonly delta: MovableTree;
}

/** Whether a node could be moved. */
export type MoveOutcome =
  | { readonly kind: 'moved'; readonly delta: MovableTree }
  /** 'cycle': the new parent is the node itself or below it; 'gone': one of them is not there. */
  | { readonly kind: 'refused'; readonly reason: 'cycle' | 'gone' };

/** Under which removed nodes hang. No id is like it. */
export const TRASH: NodeId = 'trash';

/**
 * A tree of nodes that can be moved. What a node is, is for others to say: a map by node ids, say.
 *
 * @remarks
 * A join of m moves of which the earliest comes before the last k in the log costs
 * O((m + k) (depth + log n)); a change here O(depth + log n + children of the new parent).
 *
 * @example
 * ```ts
 * import { movableTree } from '@quorate/crdts';
 *
 * let tree = movableTree.bottom;
 * const folder = movableTree.create(tree, 'a', '');
 * tree = movableTree.join(tree, folder.delta);
 * const file = movableTree.create(tree, 'a', folder.node);
 * tree = movableTree.join(tree, file.delta);
 * movableTree.children(tree, folder.node); // => ['2@a']
 * movableTree.move(tree, 'a', folder.node, file.node);
 * // => { kind: 'refused', reason: 'cycle' }
 * ```
 */
export const movableTree = {
  /** The root alone. */
  get bottom(): MovableTree {
    return bottom;
  },

  /** The tree after the moves of both, in the order of their stamps. */
  join(left: MovableTree, right: MovableTree): MovableTree {
    const isRightBase =
      left.floor === right.floor ? left.log.size < right.log.size : left.floor < right.floor;
    return isRightBase ? withMoves(right, left.log) : withMoves(left, right.log);
  },

  /** Whether `right` has all moves of `left`. */
  leq(left: MovableTree, right: MovableTree): boolean {
    return (
      left.floor <= right.floor &&
      left.log.every(right.log, (_, stamp) => stamp <= right.floor || right.log.has(stamp))
    );
  },

  /** One part for each move, and one for all below the floor. */
  *decompose(state: MovableTree): Generator<MovableTree> {
    const { floor } = state;
    if (floor !== '') yield treeOf(floor, treeAtFloor(state), emptyMap);
    for (const [stamp, move] of state.log) yield single(stamp, move);
  },

  /** Whether `node` is in the tree, and so are all above it. O(depth). The root always is. */
  has(state: MovableTree, node: NodeId): boolean {
    let at: NodeId | undefined = node;
    while (at !== '' && at !== undefined) at = state.tree.get(at)?.parent;
    return at === '';
  },

  /** What `node` hangs under, if it is in the tree; the root hangs under nothing. */
  parent(state: MovableTree, node: NodeId): NodeId | undefined {
    return movableTree.has(state, node) ? state.tree.get(node)?.parent : undefined;
  },

  /** What hangs under `node`, in the order of positions. O(log n) and for each child. */
  children(state: MovableTree, node: NodeId): NodeId[] {
    return movableTree.has(state, node) ? [...childrenOf(state, node)] : [];
  },

  /**
   * Creates a node.
   *
   * @param replicaId - Who creates it. Nobody else may ever use it.
   * @param parent - The node above; empty for the root.
   * @param index - Among the children of `parent`; 0..their number, which is the default.
   * @throws RangeError if an argument is out of range, or `parent` is not in the tree.
   */
  create(state: MovableTree, replicaId: ReplicaId, parent: NodeId, index?: number): CreatedNode {
    const counter = nextCounter(state, replicaId);
    if (!movableTree.has(state, parent)) {
      throw new RangeError(`parent: expected a node of the tree, got ${JSON.stringify(parent)}`);
    }
    const node = elementId({ counter, replicaId });
    const position = positionAt(state, node, parent, index);
    return { node, delta: single(stampOf(counter, replicaId), { node, parent, position }) };
  },

  /**
   * Moves a node, with all that is below it.
   *
   * @param index - Among the other children of `parent`; 0..their number, which is the default.
   * @throws RangeError if `replicaId` is none or `index` is out of range.
   */
  move(
    state: MovableTree,
    replicaId: ReplicaId,
    node: NodeId,
    parent: NodeId,
    index?: number,
  ): MoveOutcome {
    const counter = nextCounter(state, replicaId);
    const isThere = node !== '' && movableTree.has(state, node) && movableTree.has(state, parent);
    if (!isThere) return { kind: 'refused', reason: 'gone' };
    if (isAtOrBelow(state.tree, parent, node)) return { kind: 'refused', reason: 'cycle' };
    const position = positionAt(state, node, parent, index);
    return {
      kind: 'moved',
      delta: single(stampOf(counter, replicaId), { node, parent, position }),
    };
  },

  /** The delta of removing `node` and all that is below it; `bottom` if it is not in the tree. */
  remove(state: MovableTree, replicaId: ReplicaId, node: NodeId): MovableTree {
    const counter = nextCounter(state, replicaId);
    if (node === '' || !movableTree.has(state, node)) return bottom;
    return single(stampOf(counter, replicaId), { node, parent: TRASH, position: '' });
  },

  /**
   * Cuts off the log that `stable` has seen. What it knows only grows by that.
   *
   * @param stable - Held by all members, and in the past of all that is on its way to this replica.
   *   `ReplicatedValue.compact` finds it.
   */
  compact(state: MovableTree, stable: MovableTree): MovableTree {
    const floor = stable.latest;
    if (floor <= state.floor) return state;
    const log = SortedMap.fromSorted([...state.log.above(floor)]);
    return { ...state, log, floor, latest: floor > state.latest ? floor : state.latest };
  },
};

const noForest: Forest = { tree: emptyMap, siblings: emptyMap };

const bottom: MovableTree = {
  log: emptyMap,
  floor: '',
  latest: '',
  tree: emptyMap,
  siblings: emptyMap,
};

/** Where all nodes were when the log began: what remains when all of it is undone. */
export function treeAtFloor(state: MovableTree): SortedMap<NodePlace> {
  return undone(state, [...state.log.values()]).tree;
}

/** The tree of a floor and of moves above it. */
export function treeOf(
  floor: string,
  tree: SortedMap<NodePlace>,
  moves: SortedMap<NodePlace & { readonly node: NodeId }>,
): MovableTree {
  let forest = noForest;
  for (const [node, place] of tree) forest = placed(forest, node, place);
  return withMoves({ log: emptyMap, floor, latest: floor, ...forest }, moves);
}

/** The place of a move in the order of all: texts are compared as the numbers in them are. */
export function stampOf(counter: number, replicaId: ReplicaId): string {
  return `${counter.toString(36).padStart(STAMP_DIGITS, '0')}@${replicaId}`;
}

/** The counter in a stamp; 0 of none. */
export function counterOf(stamp: string): number {
  return stamp === '' ? 0 : Number.parseInt(stamp.slice(0, STAMP_DIGITS), 36);
}

/** 2^53-1 in base 36. */
const STAMP_DIGITS = 11;

type Move = NodePlace & { readonly node: NodeId };

function single(stamp: string, move: Move): MovableTree {
  return withMoves(bottom, SortedMap.of(stamp, move));
}

/** `state` with those of `moves` that are news, each at its place in the log. */
function withMoves(state: MovableTree, moves: SortedMap<Move>): MovableTree {
  const news = [...moves.above(state.floor)].filter(([stamp]) => !state.log.has(stamp));
  const [first] = news;
  if (first === undefined) return state;
  const later = [...state.log.above(first[0])];
  let { log, latest } = state;
  let forest = undone(
    state,
    later.map(([, move]) => move),
  );
  for (const [stamp, { node, parent, position }] of mergeSorted(later, news)) {
    const before = forest.tree.get(node);
    const isSkipped = isAtOrBelow(forest.tree, parent, node);
    log = log.set(stamp, { node, parent, position, before, isSkipped });
    if (!isSkipped) forest = placed(forest, node, { parent, position });
    if (stamp > latest) latest = stamp;
  }
  return { log, floor: state.floor, latest, ...forest };
}

/** `forest` before `moves`, which were the last ones. */
function undone({ tree, siblings }: Forest, moves: readonly TreeMove[]): Forest {
  let earlier: Forest = { tree, siblings };
  for (const { node, before, isSkipped } of moves.toReversed()) {
    if (!isSkipped) earlier = placed(earlier, node, before);
  }
  return earlier;
}

/** `forest` with `node` at `place`, or nowhere. */
function placed({ tree, siblings }: Forest, node: NodeId, place: NodePlace | undefined): Forest {
  const before = tree.get(node);
  const others = before === undefined ? siblings : siblings.delete(keyOf(node, before));
  return place === undefined
    ? { tree: tree.delete(node), siblings: others }
    : { tree: tree.set(node, place), siblings: others.set(keyOf(node, place), node) };
}

/** Where a node stands among all: after those of other parents, by position, then by id. */
function keyOf(node: NodeId, { parent, position }: NodePlace): string {
  return `${prefixOf(parent)}${position} ${node}`;
}

/** No other parent has the same, whatever ids are made of; positions have letters and digits. */
function prefixOf(parent: NodeId): string {
  return `${parent.length}:${parent}/`;
}

function mergeSorted(
  left: readonly (readonly [string, Move])[],
  right: readonly (readonly [string, Move])[],
): (readonly [string, Move])[] {
  return [...left, ...right].sort(([one], [other]) => (one < other ? -1 : 1));
}

/** Whether `node` is `ancestor` or below it. O(depth), as there are no cycles. */
function isAtOrBelow(tree: SortedMap<NodePlace>, node: NodeId, ancestor: NodeId): boolean {
  for (let at: NodeId | undefined = node; at !== undefined; at = tree.get(at)?.parent) {
    if (at === ancestor) return true;
  }
  return false;
}

function nextCounter(state: MovableTree, replicaId: ReplicaId): number {
  checkReplicaId('replicaId', replicaId);
  const counter = counterOf(state.latest) + 1;
  if (Number.isSafeInteger(counter)) return counter;
  throw new RangeError('latest: expected a counter below 2^53-1, got that');
}

/** The position of `node` at `index` among the other children of `parent`. */
function positionAt(state: MovableTree, node: NodeId, parent: NodeId, index?: number): string {
  const others = [...childrenOf(state, parent)].filter((id) => id !== node);
  const at = index ?? others.length;
  checkIndex('index', at, others.length);
  const positionOf = (id: NodeId | undefined): string | undefined =>
    id === undefined ? undefined : state.tree.get(id)?.position;
  return keyBetween(positionOf(others[at - 1]) ?? '', positionOf(others[at]));
}

function* childrenOf({ siblings }: Forest, parent: NodeId): Generator<NodeId> {
  const prefix = prefixOf(parent);
  for (const [key, node] of siblings.above(prefix)) {
    if (!key.startsWith(prefix)) return;
    yield node;
  }
}
