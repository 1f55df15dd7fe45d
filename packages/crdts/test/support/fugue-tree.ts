import type { Patch, RawTransaction } from './raw-history.ts';

interface TreeNode {
  readonly event: number;
  readonly id: readonly [string, number];
  readonly unit: string;
  readonly leftChildren: TreeNode[];
  readonly rightChildren: TreeNode[];
}

function isIdBefore(left: readonly [string, number], right: readonly [string, number]): boolean {
  return left[0] === right[0] ? left[1] < right[1] : left[0] < right[0];
}

/**
 * The slow and obvious twin of the text engine: the tree of the Fugue paper, all of it walked for
 * each event. Versions are sets of events.
 */
export class FugueTree {
  readonly #root: TreeNode = node(-1, ['', -1], '');
  readonly #pasts: Set<number>[] = [];
  /** Of each deletion, the node that it deleted. */
  readonly #deleted = new Map<number, TreeNode>();
  readonly #next = new Map<string, number>();

  /** Applies the edits of a transaction, each event the parent of the next one. */
  apply(transaction: RawTransaction): void {
    let parents = transaction.parents;
    for (const patch of transaction.ops) {
      for (const [position, unit] of singleEdits(patch)) {
        this.#apply(transaction.agent, parents, position, unit);
        parents = [this.#pasts.length - 1];
      }
    }
  }

  /** The text of the version that a frontier names, or of all events. */
  textAt(frontier?: readonly number[]): string {
    const version =
      frontier === undefined ? new Set(this.#pasts.keys()) : this.#versionOf(frontier);
    return this.#visible(version)
      .map(({ unit }) => unit)
      .join('');
  }

  /** The events of the visible characters, in order. */
  idsAt(frontier: readonly number[]): readonly number[] {
    return this.#visible(this.#versionOf(frontier)).map(({ event }) => event);
  }

  #apply(agent: string, parents: readonly number[], position: number, unit: string): void {
    const version = this.#versionOf(parents);
    const event = this.#pasts.length;
    const sequence = this.#next.get(agent) ?? 0;
    this.#next.set(agent, sequence + 1);
    this.#pasts.push(new Set([...version, event]));
    const visible = this.#visible(version);
    if (unit === '') this.#deleted.set(event, visible[position]!);
    else this.#insert(version, visible[position - 1], node(event, [agent, sequence], unit));
  }

  #insert(version: ReadonlySet<number>, before: TreeNode | undefined, fresh: TreeNode): void {
    const known = traverse(this.#root).filter(({ event }) => event < 0 || version.has(event));
    const left = before ?? this.#root;
    const isKnown = (child: TreeNode): boolean => version.has(child.event);
    const right = known[known.indexOf(left) + 1];
    const siblings =
      right !== undefined && left.rightChildren.some(isKnown)
        ? right.leftChildren
        : left.rightChildren;
    const at = siblings.findIndex((sibling) => isIdBefore(fresh.id, sibling.id));
    siblings.splice(at < 0 ? siblings.length : at, 0, fresh);
  }

  #visible(version: ReadonlySet<number>): TreeNode[] {
    const gone = new Set<TreeNode>();
    for (const [event, target] of this.#deleted) if (version.has(event)) gone.add(target);
    return traverse(this.#root).filter((each) => version.has(each.event) && !gone.has(each));
  }

  #versionOf(frontier: readonly number[]): Set<number> {
    const version = new Set<number>();
    for (const head of frontier) for (const event of this.#pasts[head]!) version.add(event);
    return version;
  }
}

function node(event: number, id: readonly [string, number], unit: string): TreeNode {
  return { event, id, unit, leftChildren: [], rightChildren: [] };
}

function traverse(top: TreeNode): TreeNode[] {
  return [...top.leftChildren.flatMap(traverse), top, ...top.rightChildren.flatMap(traverse)];
}

/** A patch as single edits: a unit to insert, or the empty string to delete one. */
function singleEdits([position, deleteCount, inserted]: Patch): (readonly [number, string])[] {
  const edits: (readonly [number, string])[] = [];
  for (let at = 0; at < deleteCount; at += 1) edits.push([position, '']);
  for (let at = 0; at < inserted.length; at += 1) edits.push([position + at, inserted.charAt(at)]);
  return edits;
}
