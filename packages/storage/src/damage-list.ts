import type { DamagedEntry } from './log-entry.ts';

/** Entries that share one fate. */
export interface DamagedRange {
  readonly fromIndex: number;
  /** Included. */
  readonly toIndex: number;
  readonly path: string;
  readonly offset: number;
  readonly reason: string;
}

/** Which entries of a log are damaged, as disjoint ranges in ascending order. */
export class DamageList {
  #ranges: readonly DamagedRange[] = [];

  /** Adds a range; what is listed already stays as it was. */
  add(range: DamagedRange): void {
    const { fromIndex, toIndex } = range;
    if (fromIndex > toIndex) return;
    const overlaps = this.#ranges.filter(
      (one) => one.fromIndex <= toIndex && one.toIndex >= fromIndex,
    );
    const added: DamagedRange[] = [];
    let next = fromIndex;
    for (const known of overlaps) {
      if (known.fromIndex > next)
        added.push({ ...range, fromIndex: next, toIndex: known.fromIndex - 1 });
      next = known.toIndex + 1;
    }
    if (next <= toIndex) added.push({ ...range, fromIndex: next });
    this.#ranges = [...this.#ranges, ...added].sort(
      (left, right) => left.fromIndex - right.fromIndex,
    );
  }

  /** Removes the entries from `fromIndex` on. */
  cut(fromIndex: number): void {
    if (this.#ranges.length === 0) return;
    this.#ranges = this.#ranges
      .filter((range) => range.fromIndex < fromIndex)
      .map((range) => ({ ...range, toIndex: Math.min(range.toIndex, fromIndex - 1) }));
  }

  /** Forgets the entries up to and including `logIndex`. */
  dropThrough(logIndex: number): void {
    if (this.#ranges.length === 0) return;
    this.#ranges = this.#ranges
      .filter((range) => range.toIndex > logIndex)
      .map((range) => ({ ...range, fromIndex: Math.max(range.fromIndex, logIndex + 1) }));
  }

  /** The range that holds one of the entries. */
  find(fromIndex: number, toIndex: number): DamagedRange | undefined {
    return this.#ranges.find((range) => range.fromIndex <= toIndex && range.toIndex >= fromIndex);
  }

  /**
   * One by one, ascending.
   *
   * @param termAt - The term of an entry, if it is known.
   */
  entries(termAt: (logIndex: number) => number | undefined): readonly DamagedEntry[] {
    const entries: DamagedEntry[] = [];
    for (const { fromIndex, toIndex, path, offset, reason } of this.#ranges) {
      // Terms never fall along a log, so between two equal ones there is no other.
      const before = termAt(fromIndex - 1);
      const between = before === termAt(toIndex + 1) ? before : undefined;
      for (let logIndex = fromIndex; logIndex <= toIndex; logIndex += 1) {
        entries.push({ logIndex, term: termAt(logIndex) ?? between, path, offset, reason });
      }
    }
    return entries;
  }
}
