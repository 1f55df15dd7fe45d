import { fill, type Live, live } from './live.ts';
import { checkIndex } from './live-list.ts';
import type { Infer, MapLikeSchema } from './schema.ts';
import { TREE_DEPTH_MAX, type TreeNode, type TreeState } from './tree-state.ts';

/** Where to put a node. */
export interface TreePlace {
  /** The id of the node to hang it on. Default: the root. */
  readonly parent?: string;
  /** Which child it is to be there, 0..the number of other children. Default: the last one. */
  readonly index?: number;
}

/** A node of a tree. */
export interface LiveNode<Data extends MapLikeSchema> {
  /** Names it for all time, on every replica. */
  readonly id: string;
  /** What belongs to it. */
  readonly data: Live<Data>;
}

/**
 * A tree of a document, whose nodes anyone can move anywhere: it stays a tree. If one moves A below
 * B while another one moves B below A, one of the moves is skipped, the same everywhere.
 */
export class LiveTree<Data extends MapLikeSchema> {
  readonly #tree: TreeState;
  readonly #schema: Data;

  /**
   * @param tree - What it shows.
   * @param schema - What the nodes hold.
   */
  constructor(tree: TreeState, schema: Data) {
    this.#tree = tree;
    this.#schema = schema;
  }

  /**
   * The children of a node, or of the root, in order.
   *
   * @throws RangeError if there never was such a node.
   */
  children(parent?: string): LiveNode<Data>[] {
    return this.#tree.childrenOf(this.#node(parent)).map((node) => this.#show(node));
  }

  /** The id of the node above; undefined for one below the root, and for one that is not shown. */
  parent(id: string): string | undefined {
    const above = this.#node(id).parent;
    return above === undefined || above.lv < 0 ? undefined : this.#tree.idOf(above);
  }

  /** The node of that id; undefined if it is not shown. */
  get(id: string): LiveNode<Data> | undefined {
    const node = this.#tree.find(id);
    return node !== undefined && this.#tree.isShown(node) ? this.#show(node) : undefined;
  }

  /**
   * Makes a node.
   *
   * @throws RangeError if there never was such a parent, if it is 1,024 deep, or `index` is out of
   *   range; TypeError if `data` is not what the schema says. Nothing has changed then.
   */
  insert(data: Infer<Data>, place: TreePlace = {}): LiveNode<Data> {
    const parent = this.#node(place.parent);
    checkDepth(this.#tree, parent);
    const index = this.#index(parent, place.index, undefined);
    return this.#tree.host.edit(() => {
      const node = this.#tree.insert(parent, index);
      fill(node.data, data, this.#schema);
      return this.#show(node);
    });
  }

  /**
   * Moves a node, with all below it.
   *
   * @throws RangeError if one of the nodes never was, if `index` is out of range, or if the new
   *   parent is the node itself, below it, or 1,024 deep.
   */
  move(id: string, place: TreePlace): void {
    const node = this.#node(id);
    const parent = this.#node(place.parent);
    if (!this.#tree.canHang(node, parent)) {
      throw new RangeError(`parent: expected a node not below ${id} nor ${TREE_DEPTH_MAX} deep`);
    }
    const index = this.#index(parent, place.index, node);
    this.#tree.host.edit(() => this.#tree.move(node, parent, index));
  }

  /** Takes a node out, with all below it. Throws if there never was one. */
  delete(id: string): void {
    const node = this.#node(id);
    if (this.#tree.isShown(node)) this.#tree.host.edit(() => this.#tree.remove(node));
  }

  /** A plain copy: `TreeNodeData`. */
  toJSON(): unknown {
    return this.#tree.toJSON();
  }

  #node(id: string | undefined): TreeNode {
    const node = id === undefined ? this.#tree.root : this.#tree.find(id);
    if (node === undefined) throw new RangeError(`id: expected a node of this tree, got ${id}`);
    return node;
  }

  #index(parent: TreeNode, index: number | undefined, moved: TreeNode | undefined): number {
    const others = this.#tree.childrenOf(parent).filter((child) => child !== moved).length;
    checkIndex('index', index ?? others, others);
    return index ?? others;
  }

  #show(node: TreeNode): LiveNode<Data> {
    return { id: this.#tree.idOf(node), data: live(node.data, this.#schema) };
  }
}

function checkDepth(tree: TreeState, parent: TreeNode): void {
  if (tree.canHang(undefined, parent)) return;
  throw new RangeError(`parent: expected a node that is less than ${TREE_DEPTH_MAX} deep`);
}

/** Inserts nodes with all below them by local events. */
export function insertNodes(
  tree: TreeState,
  parent: TreeNode,
  nodes: readonly unknown[],
  schema: MapLikeSchema,
): void {
  for (const [index, data] of nodes.entries()) {
    if (typeof data !== 'object' || data === null || !('data' in data)) {
      throw new TypeError(`tree: expected nodes with data, got ${typeof data}`);
    }
    checkDepth(tree, parent);
    const node = tree.insert(parent, index);
    fill(node.data, data.data, schema);
    if ('children' in data && Array.isArray(data.children)) {
      insertNodes(tree, node, data.children, schema);
    }
  }
}
