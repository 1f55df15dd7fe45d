import type { BrokenEntry } from './batch-scan.ts';
import { DamageList } from './damage-list.ts';
import { UNIT_BYTES } from './log-format.ts';
import { LogIndex } from './log-index.ts';
import { EMPTY_STATE, type LogState, stateAfter, type StateMark } from './log-state.ts';
import type { SalvagedEntry } from './segment-scan.ts';
import { SegmentTable } from './segment-table.ts';

/** What a batch did to a log, as far as it can be read. */
export interface ReadPart {
  readonly mark: StateMark;
  /** Position in units and term of each entry; `NOWHERE` if broken, NaN if not known. */
  readonly units: Uint32Array;
  readonly terms: Float64Array;
  readonly broken: readonly BrokenEntry[];
  readonly metadata: Uint8Array | undefined;
  readonly chain: number | undefined;
  readonly isFirstInSegment: boolean;
  readonly path: string;
  /** Added to the reason of what is broken; empty where there is no doubt. */
  readonly doubt: string;
}

/** Where something was lost. */
export interface LossPlace {
  readonly path: string;
  readonly offset: number;
}

/**
 * One log as recovery puts it together, batch by batch.
 *
 * Between two batches that do not follow each other something was lost. The later one says what the
 * log was before it, and the difference to the last known state is what was lost. If entries may
 * have been replaced meanwhile, the old ones count as lost too: better no entry than a wrong one.
 */
export class RebuiltLog {
  readonly damage: DamageList = new DamageList();
  readonly segments: SegmentTable = new SegmentTable();
  #index: LogIndex;
  #state: LogState = EMPTY_STATE;

  constructor(index: LogIndex = new LogIndex(1)) {
    this.#index = index;
  }

  get index(): LogIndex {
    return this.#index;
  }

  get state(): LogState {
    return this.#state;
  }

  /** The batches to come lie in segment `sequence`. */
  beginSegment(sequence: number): void {
    this.segments.add(sequence, this.#index.lastIndex + 1);
  }

  /** Takes in the next batch; what was lost before it is accounted for. */
  accept(part: ReadPart): void {
    const { mark, path, doubt, metadata, chain, isFirstInSegment } = part;
    if (mark.fromIndex === mark.compactedIndex + 1) {
      this.#restart(mark.fromIndex);
    } else {
      this.#cut(mark.fromIndex);
    }
    for (const [position, unit] of part.units.entries()) {
      this.#index.append(part.terms[position] ?? NaN, unit);
    }
    for (const { logIndex, offset, reason } of part.broken) {
      const range = { fromIndex: logIndex, toIndex: logIndex, path, offset };
      this.damage.add({ ...range, reason: reason + doubt });
    }
    this.#index.dropThrough(mark.compactedIndex);
    this.damage.dropThrough(mark.compactedIndex);
    this.#state = stateAfter(this.#state, mark, { metadata, chain, isFirstInSegment });
  }

  /**
   * Something was lost before the batch with `mark`: gives up what may have been replaced.
   *
   * @param mark - Of the next batch that can be read.
   * @param isTruncationBounded - Whether its `lowestTruncation` covers all that happened since the
   *   last known batch.
   * @returns The first index that was lost.
   */
  beginLoss(mark: StateMark, { isTruncationBounded }: LossBounds): number {
    const wasTruncated = mark.truncationCount !== this.#state.truncationCount;
    let lostFrom = this.#state.lastIndex + 1;
    if (wasTruncated) {
      const lowest = isTruncationBounded ? mark.lowestTruncation : this.#index.firstIndex;
      lostFrom = Math.min(lostFrom, lowest);
      this.#cut(lostFrom);
    }
    // Everything is gone that a compaction covers, and all of it if a reset began anew further
    // down.
    const isCovered = mark.compactedIndex >= lostFrom;
    if (isCovered || mark.compactedIndex < this.#state.compactedIndex) {
      this.#restart(mark.compactedIndex + 1);
      lostFrom = mark.compactedIndex + 1;
    }
    return lostFrom;
  }

  /** Accounts for what was lost, all but the entries `found` one by one. */
  endLoss(
    mark: StateMark,
    found: readonly SalvagedEntry[],
    { place, chain }: { readonly place: LossPlace; readonly chain: number | undefined },
  ): void {
    for (const { logIndex, term, offset } of found) {
      this.#loseThrough(logIndex - 1, place);
      this.#index.append(term, offset / UNIT_BYTES);
    }
    this.#loseThrough(mark.previousLastIndex, place);
    this.#state = {
      ...this.#state,
      lastIndex: mark.previousLastIndex,
      truncationCount: mark.truncationCount,
      chain,
    };
  }

  #loseThrough(toIndex: number, { path, offset }: LossPlace): void {
    const fromIndex = this.#index.lastIndex + 1;
    if (fromIndex > toIndex) return;
    this.#index.appendLost(toIndex - fromIndex + 1);
    const reason = 'the batch or segment that held it is missing or damaged';
    this.damage.add({ fromIndex, toIndex, path, offset, reason });
  }

  #cut(fromIndex: number): void {
    this.#index.cut(fromIndex);
    this.damage.cut(fromIndex);
    this.segments.cut(fromIndex);
  }

  #restart(firstIndex: number): void {
    this.#index = this.#index.emptyFrom(firstIndex);
    this.damage.cut(0);
    this.segments.restart(firstIndex);
  }
}

/** What is known about truncations among what was lost. */
export interface LossBounds {
  readonly isTruncationBounded: boolean;
}

/** Whether a batch was written right after `state`, by what it says the log was. */
export function fitsAfter(state: LogState, mark: StateMark): boolean {
  return (
    mark.previousLastIndex === state.lastIndex &&
    mark.truncationCount === state.truncationCount &&
    (mark.metadataBytes !== undefined || mark.metadataVersion === state.metadataVersion)
  );
}
