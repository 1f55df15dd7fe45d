/*
 * What a change looks like from outside: as little as there is to redraw.
 *
 * Problem: a batch of a thousand events may make a difference of one character. Events are not
 * what changed: a late write that lost changes nothing, a move that is skipped neither, and what
 * was inserted and deleted in one batch was never there.
 *
 * Idea: whoever is about to change a part of a container says so. The first time, what the part
 * shows is written down; at the end it is compared with what it shows then. In a list the parts
 * are the slots, and as slots never change their order, walking the touched ones from left to right
 * gives the smallest patch, without searching for one. Text tells its edits itself.
 *
 * A container that was not shown before comes as a whole, as plain data in the change of its
 * parent; changes in it are left out. So who holds a plain copy of the document can apply the
 * changes in their order, outer ones first, and holds the new one. Where parts are made anew on
 * the way, since the past was asked for, the changes until then come first, and those after it.
 */
import type { TextPatch } from '../text/text-document.ts';
import { type Container, type Content, plain } from './container.ts';
import { CounterState } from './counter-state.ts';
import type { Observer } from './document-state.ts';
import { ListState, Element } from './list-state.ts';
import { MapState } from './map-state.ts';
import { Slot } from './sequence.ts';
import { type Seen, TreeNode, TreeState } from './tree-state.ts';

/** How to get to a container from the root: keys, indexes in lists, ids of nodes in trees. */
export type Path = readonly (string | number)[];

/** One container looks different. */
export type Change =
  /** Anything may look different: read the document again. Rare, after damage was refused. */
  | { readonly kind: 'reset'; readonly path: Path }
  /** A key of a map holds something else: plain data, or undefined for nothing. */
  | { readonly kind: 'map'; readonly path: Path; readonly key: string; readonly value: unknown }
  /** In a list, `deleteCount` elements from `index` on went, and others came in their place. */
  | {
      readonly kind: 'list';
      readonly path: Path;
      readonly index: number;
      readonly deleteCount: number;
      readonly inserted: readonly unknown[];
    }
  /** A text was edited; and marked, if it says so. */
  | {
      readonly kind: 'text';
      readonly path: Path;
      readonly patches: readonly TextPatch[];
      readonly isMarked?: true;
    }
  /** A counter shows `by` more. */
  | { readonly kind: 'counter'; readonly path: Path; readonly by: number }
  /**
   * A tree: first the nodes `removed` go, with all below them; then each of `placed` becomes child
   * number `index` of `parent`, undefined for the root. A node that is in both was moved. A new one
   * brings its plain data with all below it.
   */
  | {
      readonly kind: 'tree';
      readonly path: Path;
      readonly removed: readonly string[];
      readonly placed: readonly {
        readonly id: string;
        readonly parent: string | undefined;
        readonly index: number;
        readonly node: unknown;
      }[];
    };

/** Collects what changes from its creation on; see the head of the file. */
export class ChangeRecorder implements Observer {
  /** What was touched in each container, and what it showed before. */
  readonly #before = new Map<Container, Map<unknown, unknown>>();
  readonly #edits = new Map<Container, TextPatch[]>();
  readonly #marked = new Set<Container>();
  /** What changed before the parts were made anew. */
  #done: Change[] = [];

  renew(): void {
    this.#done = this.finish();
    this.#clear();
  }

  /** Forgets what was touched: it is not there any more, and what it was is not known. */
  reset(): void {
    this.#done = [{ kind: 'reset', path: [] }];
    this.#clear();
  }

  touch(container: Container, part: unknown): void {
    const isFirst = !this.#before.has(container);
    const parts = this.#partsOf(container);
    if (!parts.has(part)) parts.set(part, container.look(part));
    // Whether a removed key shows its container depends on what is in that.
    const { parent, place } = container;
    if (isFirst && parent instanceof MapState) this.touch(parent, place);
  }

  edit(container: Container, position: number, deleteCount: number, inserted: string): void {
    let patches = this.#edits.get(container);
    if (patches === undefined) {
      patches = [];
      this.#edits.set(container, patches);
    }
    patches.push({ position, deleteCount, inserted });
  }

  mark(container: Container): void {
    this.touch(container, '');
    this.#marked.add(container);
  }

  /** What changed, in the order in which it can be done again. */
  finish(): Change[] {
    return this.#done[0]?.kind === 'reset' ? this.#done : [...this.#done, ...this.#take()];
  }

  #clear(): void {
    this.#before.clear();
    this.#edits.clear();
    this.#marked.clear();
  }

  /** What changed since the parts were made, outer containers first. */
  #take(): Change[] {
    const changes: Change[] = [];
    const touched = [...this.#before.keys()].sort((left, right) => left.depth - right.depth);
    for (const container of touched) {
      const path = this.#pathTo(container);
      if (path === undefined) continue;
      const parts = this.#partsOf(container);
      if (container instanceof MapState) changes.push(...mapChanges(container, path, parts));
      else if (container instanceof ListState) changes.push(...listChanges(container, path, parts));
      else if (container instanceof TreeState) changes.push(...treeChanges(container, path, parts));
      else if (container instanceof CounterState) {
        const by = container.value - Number(parts.get(''));
        if (by !== 0) changes.push({ kind: 'counter', path, by });
      } else {
        const patches = this.#edits.get(container);
        const isMarked = this.#marked.has(container);
        const change = { kind: 'text', path, patches: patches ?? [] } as const;
        if (isMarked) changes.push({ ...change, isMarked });
        else if (patches !== undefined) changes.push(change);
      }
    }
    return changes;
  }

  #partsOf(container: Container): Map<unknown, unknown> {
    let parts = this.#before.get(container);
    if (parts === undefined) {
      parts = new Map();
      this.#before.set(container, parts);
    }
    return parts;
  }

  /** The path to a container; undefined if it is not shown, or is shown in a change as a whole. */
  #pathTo(container: Container): Path | undefined {
    const { parent, place } = container;
    if (parent === undefined) return [];
    const path = this.#pathTo(parent);
    if (path === undefined) return undefined;
    const before = this.#before.get(parent);
    if (parent instanceof TreeState && place instanceof TreeNode) {
      if (!parent.isShown(place) || !new TreeParts(parent, before).isOld(place)) return undefined;
      return [...path, parent.idOf(place)];
    }
    const part = place instanceof Element ? place.slot : place;
    if (parent.look(part) !== container) return undefined;
    if (before?.has(part) === true && before.get(part) !== container) return undefined;
    if (parent instanceof ListState && place instanceof Element) {
      return [...path, parent.indexOf(place)];
    }
    return [...path, String(place)];
  }
}

function mapChanges(map: MapState, path: Path, parts: ReadonlyMap<unknown, unknown>): Change[] {
  const changes: Change[] = [];
  for (const [key, before] of parts) {
    if (typeof key !== 'string') continue;
    const content = map.get(key);
    if (content === before) continue;
    const value = content === undefined ? undefined : plain(content);
    changes.push({ kind: 'map', path, key, value });
  }
  return changes;
}

/** The touched slots from left to right: what is left of one is as it will be. */
function listChanges(list: ListState, path: Path, parts: ReadonlyMap<unknown, unknown>): Change[] {
  const touched: { slot: Slot<Element>; before: unknown; rank: number; index: number }[] = [];
  for (const [slot, before] of parts) {
    if (isSlot(slot)) touched.push({ slot, before, ...list.rankOf(slot) });
  }
  touched.sort((left, right) => left.rank - right.rank);
  const splices: { index: number; deleteCount: number; inserted: unknown[] }[] = [];
  for (const { slot, before, index } of touched) {
    const after = list.look(slot);
    if (after === before) continue;
    let last = splices.at(-1);
    if (last === undefined || last.index + last.inserted.length !== index) {
      last = { index, deleteCount: 0, inserted: [] };
      splices.push(last);
    }
    if (before !== undefined) last.deleteCount += 1;
    if (isContent(after)) last.inserted.push(plain(after));
  }
  return splices.map((splice) => ({ kind: 'list', path, ...splice }));
}

/** The parts of a list are its slots. */
function isSlot(part: unknown): part is Slot<Element> {
  return part instanceof Slot;
}

function isContent(shown: unknown): shown is Content {
  return shown !== undefined;
}

/** What was touched in a tree, where each node was before, and what was worked out of it so far. */
class TreeParts {
  readonly #tree: TreeState;
  readonly #parts: ReadonlyMap<unknown, unknown> | undefined;
  readonly #wasShown = new Map<TreeNode, boolean>();
  readonly #isOld = new Map<TreeNode, boolean>();
  readonly #indexes = new Map<TreeNode, ReadonlyMap<TreeNode, number>>();

  constructor(tree: TreeState, parts: ReadonlyMap<unknown, unknown> | undefined) {
    this.#tree = tree;
    this.#parts = parts;
  }

  /** Where a node was. */
  before(node: TreeNode): Seen {
    const seen = this.#parts?.get(node);
    return isSeen(seen) ? seen : node;
  }

  wasShown(node: TreeNode): boolean {
    return climb(node, this.#wasShown, (at) => {
      if (at === this.#tree.root) return true;
      const seen = this.before(at);
      return seen.isRevoked ? false : seen.parent;
    });
  }

  /** Whether a node and all above it now were shown before: nothing of it comes as a whole. */
  isOld(node: TreeNode): boolean {
    return climb(node, this.#isOld, (at) => {
      if (!this.wasShown(at)) return false;
      return at === this.#tree.root ? true : at.parent;
    });
  }

  /** Which child of its parent a node is. */
  indexOf(node: TreeNode, parent: TreeNode): number {
    let indexes = this.#indexes.get(parent);
    if (indexes === undefined) {
      indexes = new Map(this.#tree.childrenOf(parent).map((child, index) => [child, index]));
      this.#indexes.set(parent, indexes);
    }
    return indexes.get(node) ?? -1;
  }
}

/** Asks a node, and those that `next` leads to, until one answers or is known; keeps it for all. */
function climb(
  node: TreeNode,
  known: Map<TreeNode, boolean>,
  next: (at: TreeNode) => TreeNode | boolean | undefined,
): boolean {
  const asked: TreeNode[] = [];
  let at: TreeNode | boolean | undefined = node;
  while (at instanceof TreeNode) {
    const answer: boolean | undefined = known.get(at);
    if (answer === undefined) asked.push(at);
    at = answer ?? next(at);
  }
  for (const one of asked) known.set(one, at === true);
  return at === true;
}

function isSeen(seen: unknown): seen is Seen {
  return seen !== undefined;
}

function treeChanges(
  tree: TreeState,
  path: Path,
  touched: ReadonlyMap<unknown, unknown>,
): Change[] {
  const parts = new TreeParts(tree, touched);
  const gone: string[] = [];
  const moved: string[] = [];
  const order: { readonly node: TreeNode; readonly depth: number; readonly index: number }[] = [];
  for (const node of touched.keys()) {
    if (!(node instanceof TreeNode)) continue;
    const isNew = !parts.wasShown(node);
    const isShown = tree.isShown(node);
    if (!isNew && isShown && parts.before(node).slot === node.slot) continue;
    if (!isNew) (isShown ? moved : gone).push(tree.idOf(node));
    const { parent } = node;
    if (!isShown || parent === undefined || !parts.isOld(parent)) continue;
    let depth = 0;
    for (let at: TreeNode | undefined = parent; at !== undefined; at = at.parent) depth += 1;
    order.push({ node, depth, index: parts.indexOf(node, parent) });
  }
  order.sort((left, right) => left.depth - right.depth || left.index - right.index);
  if (gone.length + moved.length + order.length === 0) return [];
  const placed = order.map(({ node, index }) => ({
    id: tree.idOf(node),
    parent: node.parent === undefined || node.parent.lv < 0 ? undefined : tree.idOf(node.parent),
    index,
    node: parts.wasShown(node) ? undefined : tree.plainNode(node),
  }));
  return [{ kind: 'tree', path, removed: [...moved, ...gone], placed }];
}
