import { invariant } from './invariant.ts';

interface Segment {
  readonly sequence: number;
  /** Its entries in use begin here, and end where those of the next segment begin. */
  fromIndex: number;
}

/**
 * Which segment holds which entries.
 *
 * An entry is always written after the ones before it, so the segments of entries in use rise with
 * the index, and one number per segment says it all.
 */
export class SegmentTable {
  readonly #segments: Segment[] = [];

  /** The oldest segment that is needed. */
  get oldest(): number | undefined {
    return this.#segments[0]?.sequence;
  }

  /** Adds the newest segment. Its entries will begin at `fromIndex`. */
  add(sequence: number, fromIndex: number): void {
    const newest = this.#segments.at(-1);
    invariant(newest === undefined || newest.sequence < sequence, 'segments are numbered upwards');
    invariant((newest?.fromIndex ?? 0) <= fromIndex, 'entries are cut before they are replaced');
    this.#segments.push({ sequence, fromIndex });
  }

  /**
   * Says that the entries from `fromIndex` on are nowhere, or in the newest segment from now on.
   */
  cut(fromIndex: number): void {
    for (let at = this.#segments.length - 1; at >= 0; at -= 1) {
      const segment = this.#segments[at];
      if (segment === undefined || segment.fromIndex <= fromIndex) return;
      segment.fromIndex = fromIndex;
    }
  }

  /** Says that the entries begin at `firstIndex`, all of them in the newest segment. */
  restart(firstIndex: number): void {
    for (const segment of this.#segments) segment.fromIndex = firstIndex;
  }

  /** The segment that holds the entry. */
  of(logIndex: number): number {
    const segment = this.#segments.findLast(({ fromIndex }) => fromIndex <= logIndex);
    invariant(segment !== undefined, 'every entry on disk is in some segment');
    return segment.sequence;
  }

  /** The first index behind the entries of the segment, given the log's last index. */
  endOf(sequence: number, lastIndex: number): number {
    const next = this.#segments.find((segment) => segment.sequence > sequence);
    return next?.fromIndex ?? lastIndex + 1;
  }

  /** Removes and returns the oldest segments of which no entry behind `compactedIndex` is left. */
  takeDead(compactedIndex: number): readonly number[] {
    const firstLive = this.#segments.findIndex((_segment, at) => {
      const next = this.#segments[at + 1];
      return next === undefined || next.fromIndex > compactedIndex + 1;
    });
    return this.#segments.splice(0, Math.max(0, firstLive)).map(({ sequence }) => sequence);
  }
}
