import type { KeyValueChange } from './messages.ts';

/** How much of the past a store keeps for watches. Must be the same on all replicas. */
export interface ChangeLogLimits {
  /** Changes kept at most. At least 1. */
  readonly changeCountMax: number;
  /** What they take at most, in bytes. At least 1. */
  readonly changeBytesMax: number;
}

/** What a watch is told next. */
export type Changes =
  /** All that changed from the revision asked for to before `nextRevision`. May be none. */
  | {
      readonly kind: 'changes';
      readonly changes: readonly KeyValueChange[];
      readonly nextRevision: number;
    }
  /** What came between is forgotten: list the store, and watch from its revision on. */
  | { readonly kind: 'compacted'; readonly oldestRevision: number };

const CHANGE_OVERHEAD_BYTES = 64;

/**
 * The latest changes of a store, which is what watches read. They keep no queues of their own: a
 * watch that is slower than the store changes finds its place forgotten, and is told.
 *
 * Changes of one transaction have one revision, and are remembered or forgotten together.
 */
export class ChangeLog {
  readonly #limits: ChangeLogLimits;
  #changes: KeyValueChange[] = [];
  // Those before are forgotten; they are taken out once they are half of the list.
  #first = 0;
  #bytes = 0;
  #compactedRevision = 0;

  constructor(limits: ChangeLogLimits) {
    this.#limits = limits;
  }

  /** Every change after this revision is remembered. */
  get compactedRevision(): number {
    return this.#compactedRevision;
  }

  /** What is remembered, oldest first. */
  all(): readonly KeyValueChange[] {
    return this.#changes.slice(this.#first);
  }

  /** Remembers the changes of one transaction, and forgets as many old ones as it must. */
  append(changes: readonly KeyValueChange[]): void {
    for (const change of changes) {
      this.#changes.push(change);
      this.#bytes += sizeOf(change);
    }
    const { changeCountMax, changeBytesMax } = this.#limits;
    const isOver = (): boolean =>
      this.#changes.length - this.#first > changeCountMax || this.#bytes > changeBytesMax;
    for (let oldest = this.#oldest; oldest !== undefined && isOver(); oldest = this.#oldest) {
      this.compact(oldest.revision);
    }
  }

  /** Forgets the changes up to `revision`. */
  compact(revision: number): void {
    this.#compactedRevision = Math.max(this.#compactedRevision, revision);
    for (let oldest = this.#oldest; oldest !== undefined; oldest = this.#oldest) {
      if (oldest.revision > this.#compactedRevision) break;
      this.#bytes -= sizeOf(oldest);
      this.#first += 1;
    }
    if (2 * this.#first <= this.#changes.length) return;
    this.#changes = this.#changes.slice(this.#first);
    this.#first = 0;
  }

  /**
   * What changed from `revision` on.
   *
   * @param lastRevision - That of the store.
   * @param isWanted - Which keys.
   * @param countMax - Enough of one answer; it may have more, as it ends with a whole transaction.
   */
  from(
    revision: number,
    lastRevision: number,
    isWanted: (key: string) => boolean,
    countMax: number,
  ): Changes {
    if (revision <= this.#compactedRevision) {
      return { kind: 'compacted', oldestRevision: this.#compactedRevision + 1 };
    }
    const changes: KeyValueChange[] = [];
    let reached = revision - 1;
    for (let at = this.#placeOf(revision); at < this.#changes.length; at += 1) {
      const change = this.#changes[at];
      if (change === undefined) break;
      const isWhole = change.revision !== reached;
      if (isWhole && changes.length >= countMax) {
        return { kind: 'changes', changes, nextRevision: reached + 1 };
      }
      reached = change.revision;
      if (isWanted(change.key)) changes.push(change);
    }
    return { kind: 'changes', changes, nextRevision: Math.max(revision, lastRevision + 1) };
  }

  /** Replaces all of it. */
  replace(changes: readonly KeyValueChange[], compactedRevision: number): void {
    this.#changes = [...changes];
    this.#first = 0;
    this.#bytes = changes.reduce((sum, change) => sum + sizeOf(change), 0);
    this.#compactedRevision = compactedRevision;
  }

  get #oldest(): KeyValueChange | undefined {
    return this.#changes[this.#first];
  }

  /** The first change at or after `revision`. */
  #placeOf(revision: number): number {
    let [low, high] = [this.#first, this.#changes.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#changes[middle]?.revision ?? Infinity) < revision) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function sizeOf(change: KeyValueChange): number {
  const valueBytes = change.kind === 'put' ? change.value.length : 0;
  return 2 * change.key.length + valueBytes + CHANGE_OVERHEAD_BYTES;
}
