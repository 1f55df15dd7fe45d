import type { BatchPlan } from './batch-builder.ts';
import type { DamageList } from './damage-list.ts';
import { type LogIndex, NOWHERE } from './log-index.ts';
import type { SegmentTable } from './segment-table.ts';

/** What is durable of a log: where its entries lie, and which are damaged. */
export class LogContent {
  readonly segments: SegmentTable;
  readonly damage: DamageList;
  #index: LogIndex;

  constructor(found: {
    readonly index: LogIndex;
    readonly segments: SegmentTable;
    readonly damage: DamageList;
  }) {
    this.#index = found.index;
    this.segments = found.segments;
    this.damage = found.damage;
  }

  get index(): LogIndex {
    return this.#index;
  }

  /**
   * Takes in a batch that is durable now.
   *
   * @param units - Position of each entry of `plan`.
   * @param newSegment - The segment it lies in, if none of the log's batches before lies there.
   */
  apply(
    { fromIndex, compactedIndex, entries }: BatchPlan,
    units: Uint32Array,
    newSegment: number | undefined,
  ): void {
    this.segments.cut(fromIndex);
    if (newSegment !== undefined) this.segments.add(newSegment, fromIndex);
    if (fromIndex === compactedIndex + 1) {
      this.#index = this.#index.emptyFrom(fromIndex);
    } else {
      this.#index.cut(fromIndex);
    }
    this.damage.cut(fromIndex);
    let position = 0;
    for (const { term } of entries) {
      this.#index.append(term, units[position] ?? NOWHERE);
      position += 1;
    }
    this.#index.dropThrough(compactedIndex);
    this.damage.dropThrough(compactedIndex);
  }
}
