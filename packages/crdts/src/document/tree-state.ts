/*
 * A tree whose nodes everyone can move, and which stays a tree.
 *
 * Problem: one replica moves A below B while another one moves B below A. Each move is fine where
 * it was made; together they make a circle that hangs on nothing, and both are gone.
 *
 * Why the obvious way fails: whether a move makes a circle depends on the moves before it, so that
 * replicas which carry them out as they arrive skip different ones.
 *
 * Idea: all replicas carry out all moves in one order, that of (Lamport time, replica id). A move
 * that would put a node below itself is skipped. A move that arrives late goes to its place in the
 * order: what comes after it is undone, it is done, and the rest is done again. Every move
 * remembers where the node was, so undoing is cheap; what was skipped may be carried out now.
 *
 *     order      m1   m2   m4            m3 arrives
 *     undo                 m4
 *     do              m3   m4            m4 may be skipped now, on every replica
 *
 * To create is to move from nowhere; to remove is to move to the trash, which is not shown, with
 * all that hangs on the node: the last of a move and a removal wins. What is moved into a removed
 * node is not shown either. Siblings stand in the order of the slots of one sequence, see
 * sequence.ts, in which each move makes a new slot, as in a list.
 *
 * Events that arrive together are put into the order first, and then done: what is later than the
 * first of them is undone and redone once, not for each.
 *
 * A move to a place that is very deep is skipped, too. Otherwise a long chain of nodes would make
 * each move below it as expensive as it is long.
 *
 * Cost: O(moves that are later in the order) for those that arrive late together, none for others,
 * and the depth of the new parent for each.
 *
 * Source: Kleppmann, Mulligan, Gomes and Beresford, "A Highly-Available Move Operation for
 * Replicated Trees", IEEE TPDS 2022.
 */
import { TREE_MOVE } from '../log/operation-kind.ts';
import { corrupt } from '../wire/byte-reader.ts';
import { authorOf } from './author.ts';
import { Container, impossible, MAP, type Operation, TREE } from './container.ts';
import { Register } from './register.ts';
import { Sequence, Slot } from './sequence.ts';
import { HIDDEN, slotOf, type StateReader, type StateWriter } from './state-file.ts';

/** As the right origin's field of a move: to the trash. */
const TO_TRASH = -2;

/** How deep nodes can be moved or made; a subtree that is moved can reach deeper. */
export const TREE_DEPTH_MAX = 1_024;

/** In place of the parent of a node that hangs on nothing. */
const NOWHERE = -3;

/** A node, the root of all, or the trash. */
export class TreeNode {
  /** The event that made it; -1 for the root, -2 for the trash. */
  readonly lv: number;
  parent: TreeNode | undefined = undefined;
  /** Where it stands among its siblings. */
  slot: Slot<TreeNode> | undefined = undefined;
  readonly children: Set<TreeNode> = new Set<TreeNode>();
  /** The container that names it: the map that belongs to it; the tree for root and trash. */
  readonly data: Container;
  /** Whether its creation was undone. */
  isRevoked = false;

  constructor(lv: number, data: (node: TreeNode) => Container) {
    this.lv = lv;
    this.data = data(this);
  }
}

/** Where a node was seen. */
export interface Seen extends Place {
  readonly isRevoked: boolean;
}

/** A node as plain data. */
export interface PlainNode {
  readonly id: string;
  readonly data: unknown;
  readonly children: PlainNode[];
}

/** Where a node is; nowhere before it was made. */
interface Place {
  readonly parent: TreeNode | undefined;
  readonly slot: Slot<TreeNode> | undefined;
}

/** A move, and what it takes to undo it. */
interface Move extends Place {
  readonly node: TreeNode;
  readonly parent: TreeNode;
  isDone: boolean;
  before: Place;
}

/** See the head of the file. */
export class TreeState extends Container {
  readonly type: number = TREE;
  root: TreeNode = new TreeNode(-1, () => this);
  #trash = new TreeNode(-2, () => this);
  #nodes = new Map<number, TreeNode>();
  #slots = new Map<number, Slot<TreeNode>>();
  #sequence = new Sequence<TreeNode>(this.host.graph);
  #moves = new Register<Move>();
  /** How many of the moves are carried out; the rest wait for `settle`. */
  #doneCount = 0;

  reset(): void {
    this.root = new TreeNode(-1, () => this);
    this.#trash = new TreeNode(-2, () => this);
    this.#nodes = new Map();
    this.#slots = new Map();
    this.#sequence = new Sequence(this.host.graph);
    this.#moves = new Register();
    this.#doneCount = 0;
  }

  /** The nodes below `parent` that are shown, in order. */
  childrenOf(parent: TreeNode): TreeNode[] {
    const ranked: { readonly node: TreeNode; readonly rank: number }[] = [];
    for (const node of parent.children) {
      if (node.isRevoked || node.slot === undefined) continue;
      ranked.push({ node, rank: this.#sequence.rankOf(node.slot) });
    }
    return ranked.sort((left, right) => left.rank - right.rank).map(({ node }) => node);
  }

  /** Names a node on every replica. */
  idOf(node: TreeNode): string {
    const { replicaId, sequence } = authorOf(this.host.graph, node.lv);
    return `${sequence}@${replicaId}`;
  }

  /** The node of that id, shown or not. */
  find(id: string): TreeNode | undefined {
    const { graph } = this.host;
    const at = id.indexOf('@');
    const replica = graph.indexOfReplica(id.slice(at + 1));
    return this.#nodes.get(replica < 0 ? -1 : graph.lvOf(replica, Number(id.slice(0, at))));
  }

  /** Whether a node hangs on the root. */
  isShown(node: TreeNode): boolean {
    let at: TreeNode | undefined = node;
    while (at?.isRevoked === false && at !== this.root) at = at.parent;
    return at === this.root;
  }

  /** Whether `node` can be put below `parent`, which is not below it nor too deep. */
  canHang(node: TreeNode | undefined, parent: TreeNode): boolean {
    let at: TreeNode | undefined = parent;
    for (let depth = 0; depth <= TREE_DEPTH_MAX; depth += 1) {
      if (at === undefined) return true;
      if (at === node) return false;
      at = at.parent;
    }
    return false;
  }

  apply(operation: Operation): void {
    const { kind, lv, a, b, c } = operation;
    if (kind !== TREE_MOVE) throw impossible(operation.kind, 'another container');
    const parent = b === TO_TRASH ? this.#trash : this.#parent(operation);
    let node = this.#nodes.get(a);
    if (a === -1) node = this.#make(lv);
    if (node === undefined) throw impossible(operation.kind, 'a node of this tree');
    let slot: Slot<TreeNode> | undefined;
    if (b !== TO_TRASH) {
      slot = new Slot(lv, node, this.#origin(operation, b), this.#origin(operation, c));
      this.#slots.set(lv, slot);
      this.#sequence.add(slot);
    }
    const before = { parent: undefined, slot: undefined };
    const move: Move = { node, parent, slot, isDone: false, before };
    const { graph } = this.host;
    const at = this.#moves.find(graph, lv);
    const isNext = at === this.#doneCount && at === this.#moves.writes.length;
    if (!isNext) this.#undoFrom(at);
    this.#moves.add(graph, lv, move);
    if (isNext) this.settle();
  }

  revoke(operation: Operation, isRevoked: boolean): void {
    const { graph } = this.host;
    const { lv, a } = operation;
    this.#undoFrom(this.#moves.find(graph, lv));
    const node = this.#moves.revoke(graph, lv, isRevoked)?.content.node;
    if (a !== -1 || node === undefined) return;
    this.host.touch(this, node);
    node.isRevoked = isRevoked;
  }

  override settle(): void {
    const { writes } = this.#moves;
    for (; this.#doneCount < writes.length; this.#doneCount += 1) {
      const move = writes[this.#doneCount]?.content;
      if (move !== undefined) this.#do(move);
    }
  }

  /** Makes a node below `parent`, before its child number `index`; the new node. */
  insert(parent: TreeNode, index: number): TreeNode {
    const lv = this.#emit(-1, parent, this.childrenOf(parent)[index - 1]);
    return this.#nodes.get(lv) ?? this.root;
  }

  /** Moves a node below `parent`, so that it is child number `index` there then. */
  move(node: TreeNode, parent: TreeNode, index: number): void {
    const others = this.childrenOf(parent).filter((child) => child !== node);
    this.#emit(node.lv, parent, others[index - 1]);
  }

  /** Takes a node out, with all that hangs on it. */
  remove(node: TreeNode): void {
    this.host.emit(this, TREE_MOVE, 1, node.lv, TO_TRASH, -1, []);
  }

  isEmpty(): boolean {
    return this.childrenOf(this.root).length === 0;
  }

  clear(): void {
    for (const node of this.childrenOf(this.root)) this.remove(node);
  }

  look(part: unknown): unknown {
    if (!(part instanceof TreeNode)) return undefined;
    const { parent, slot, isRevoked } = part;
    return { parent, slot, isRevoked } satisfies Seen;
  }

  write(into: StateWriter): void {
    into.slots(this.#sequence, () => HIDDEN);
    into.bytes.varint(this.#nodes.size);
    for (const { lv, parent, slot, isRevoked, data } of this.#nodes.values()) {
      into.event(lv);
      into.bytes.varint(2 * ((parent?.lv ?? NOWHERE) - NOWHERE) + (isRevoked ? 1 : 0));
      into.event(slot?.lv ?? -1);
      data.write(into);
    }
  }

  read(from: StateReader): void {
    const slots = from.slots<TreeNode>(this.#sequence, (lv) => {
      const slot = new Slot(lv, this.root, undefined, undefined);
      this.#slots.set(lv, slot);
      return slot;
    });
    const parents: { readonly node: TreeNode; readonly parent: number }[] = [];
    for (let count = from.bytes.count(); count > 0; count -= 1) {
      const lv = from.event();
      if (lv < 0 || this.#nodes.has(lv)) throw corrupt('a node', lv);
      const node = this.#make(lv);
      const code = from.bytes.varint();
      node.isRevoked = code % 2 === 1;
      parents.push({ node, parent: (code >> 1) + NOWHERE });
      const slot = from.event();
      if (slot >= 0) node.slot = slotOf(slots, slot);
      node.data.read(from);
    }
    for (const { node, parent } of parents) {
      if (parent === NOWHERE) continue;
      node.parent = this.#at(parent);
      if (node.parent === undefined) throw corrupt('a parent', parent);
      node.parent.children.add(node);
    }
    this.#checkCircles();
  }

  toJSON(): unknown {
    return this.plainNode(this.root).children;
  }

  /** A plain copy of a node with all below it, however deep. */
  plainNode(node: TreeNode): PlainNode {
    const top = this.#plainOf(node);
    const open = [{ node, into: top.children }];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      for (const child of this.childrenOf(next.node)) {
        const plain = this.#plainOf(child);
        next.into.push(plain);
        open.push({ node: child, into: plain.children });
      }
    }
    return top;
  }

  #make(lv: number): TreeNode {
    const node = new TreeNode(lv, (fresh) => this.host.create(MAP, this, fresh, lv));
    this.#nodes.set(lv, node);
    return node;
  }

  #at(lv: number): TreeNode | undefined {
    if (lv < 0) return lv === this.root.lv ? this.root : this.#trash;
    return this.#nodes.get(lv);
  }

  /** Makes sure that whoever goes up from a node comes to an end. */
  #checkCircles(): void {
    const tops = [this.root, this.#trash];
    for (const node of this.#nodes.values()) if (node.parent === undefined) tops.push(node);
    for (const node of tops) for (const child of node.children) tops.push(child);
    if (tops.length !== this.#nodes.size + 2) throw corrupt('a tree', 'a circle');
  }

  #plainOf(node: TreeNode): PlainNode {
    if (node === this.root) return { id: '', data: undefined, children: [] };
    const plain = { id: this.idOf(node), data: node.data.toJSON(), children: [] };
    Object.setPrototypeOf(plain, null);
    return plain;
  }

  #emit(lv: number, parent: TreeNode, leftSibling: TreeNode | undefined): number {
    const left = leftSibling?.slot;
    const right = this.#sequence.next(left);
    return this.host.emit(parent.data, TREE_MOVE, 1, lv, left?.lv ?? -1, right?.lv ?? -1, []);
  }

  /** Undoes the moves from number `at` on, as far as they are carried out. */
  #undoFrom(at: number): void {
    const { writes } = this.#moves;
    this.host.unsettled(this);
    while (this.#doneCount > at) {
      this.#doneCount -= 1;
      const move = writes[this.#doneCount]?.content;
      if (move?.isDone === true) this.#place(move.node, move.before);
    }
  }

  #do(move: Move): void {
    const { node, parent } = move;
    move.isDone = parent === this.#trash || this.canHang(node, parent);
    if (!move.isDone) return;
    move.before = { parent: node.parent, slot: node.slot };
    this.#place(node, move);
  }

  #place(node: TreeNode, { parent, slot }: Place): void {
    this.host.touch(this, node);
    node.parent?.children.delete(node);
    node.parent = parent;
    node.slot = slot;
    parent?.children.add(node);
  }

  #parent(operation: Operation): TreeNode {
    const { target } = operation;
    if (target === this) return this.root;
    if (target.parent !== this || !(target.place instanceof TreeNode)) {
      throw impossible(operation.kind, 'a node of this tree');
    }
    return target.place;
  }

  #origin(operation: Operation, lv: number): Slot<TreeNode> | undefined {
    const slot = this.#slots.get(lv);
    if (slot === undefined && lv >= 0) throw impossible(operation.kind, 'a place in this tree');
    return slot;
  }
}
