/*
 * Looks at a segment as it is, whatever state it is in.
 *
 * Nothing here decides what a finding means; `log-recovery.ts` does. A scan answers: is there an
 * intact mark here; where is the next one; was this range ever written; where does what was written
 * end; which single entries in this range are intact.
 */
import { ByteWindow } from './byte-window.ts';
import type { DiskFile } from './disk.ts';
import {
  ENTRY_HEADER_BYTES,
  type FoundMark,
  isEntryHeader,
  logIndexAt,
  MARK_BYTES,
  padded,
  payloadBytesAt,
  payloadCrcAt,
  readMark,
  readOpeningWithoutTag,
  RECORD_BYTES_MAX,
  SEGMENT_HEADER_BYTES,
  segmentSeed,
  termAt,
  UNIT_BYTES,
} from './log-format.ts';
import { isHalfUnwritten, isUnwritten } from './unwritten.ts';

/** An intact mark, and where its batch begins and ends. */
export interface MarkPlace {
  readonly mark: FoundMark;
  readonly start: number;
  /** Where the next batch would begin. */
  readonly end: number;
  /** Whether the mark was read without its tag, which is damaged or was torn. */
  readonly isTagless: boolean;
}

/** An intact entry found on its own. */
export interface SalvagedEntry {
  readonly logIndex: number;
  readonly term: number;
  readonly offset: number;
}

/** Looks at one segment file. */
export class SegmentScan {
  readonly seed: number;
  readonly window: ByteWindow;

  private constructor(window: ByteWindow, sequence: number) {
    this.window = window;
    this.seed = segmentSeed(sequence);
  }

  static async open(file: DiskFile, sequence: number): Promise<SegmentScan> {
    return new SegmentScan(await ByteWindow.open(file), sequence);
  }

  /** The intact mark at `offset`. */
  async markAt(offset: number): Promise<MarkPlace | undefined> {
    if (!this.window.holds(offset, MARK_BYTES) && !(await this.window.load(offset, MARK_BYTES))) {
      return undefined;
    }
    return this.#loadedMark(offset);
  }

  /** The opening mark at `offset`, of which all but the tag is intact. */
  async taglessMarkAt(offset: number): Promise<MarkPlace | undefined> {
    if (!(await this.window.load(offset, MARK_BYTES))) return undefined;
    const { area } = this.window;
    const mark = readOpeningWithoutTag(area, this.window.at(offset), this.seed, offset);
    const place = mark === undefined ? undefined : placeOf(mark, offset);
    return place === undefined ? undefined : { ...place, isTagless: true };
  }

  /**
   * The first intact mark at or behind `offset` of a batch that begins there or behind. O(bytes up
   * to it).
   */
  async findMark(offset: number): Promise<MarkPlace | undefined> {
    for (let at = offset; await this.window.load(at, MARK_BYTES);) {
      for (; this.window.holds(at, MARK_BYTES); at += UNIT_BYTES) {
        const place = this.#loadedMark(at);
        if (place !== undefined && place.start >= offset) return place;
      }
    }
    return undefined;
  }

  /**
   * Whether some word between the offsets was never written, or the first half of the first: a
   * write that began there may be torn within it.
   */
  async hasUnwritten(from: number, to: number): Promise<boolean> {
    if (from < to && (await this.#loadWord(from))) {
      const { view } = this.window.area;
      if (isHalfUnwritten(view, this.window.at(from), this.seed, from)) return true;
    }
    for (let at = from; at < to && (await this.#loadWord(at)); at += UNIT_BYTES) {
      if (isUnwritten(this.window.area.view, this.window.at(at), this.seed, at)) return true;
    }
    return false;
  }

  /**
   * What lies behind the last batch.
   *
   * @returns `readyEnd`: where the space made ready for writing ends that begins at `from`.
   *   `writtenEnd`: the end of the last word that is neither such space nor zero, or `from`.
   */
  async tail(from: number): Promise<{ readonly readyEnd: number; readonly writtenEnd: number }> {
    let readyEnd = from;
    let writtenEnd = from;
    for (let at = from; await this.#loadWord(at); at += UNIT_BYTES) {
      const { view } = this.window.area;
      const place = this.window.at(at);
      if (isUnwritten(view, place, this.seed, at)) {
        if (readyEnd === at) readyEnd = at + UNIT_BYTES;
      } else if (view.getUint32(place) !== 0 || view.getUint32(place + 4) !== 0) {
        writtenEnd = at + UNIT_BYTES;
      }
    }
    return { readyEnd, writtenEnd };
  }

  /** Intact entries between the offsets with rising indexes of the range. O(bytes). */
  async salvage(
    from: number,
    to: number,
    firstIndex: number,
    lastIndex: number,
  ): Promise<readonly SalvagedEntry[]> {
    const found: SalvagedEntry[] = [];
    let next = firstIndex;
    let at = from;
    while (next <= lastIndex) {
      const offset = await this.findEntry(at, to, next, lastIndex);
      if (offset === undefined) break;
      const { view } = this.window.area;
      const place = this.window.at(offset);
      const [logIndex, term] = [logIndexAt(view, place), termAt(view, place)];
      at = offset + ENTRY_HEADER_BYTES + padded(payloadBytesAt(view, place));
      if (!(await this.hasIntactPayload(offset))) continue;
      found.push({ logIndex, term, offset });
      next = logIndex + 1;
    }
    return found;
  }

  /**
   * The first intact header between the offsets of an entry that ends there and is of the range.
   */
  async findEntry(
    from: number,
    to: number,
    firstIndex: number,
    lastIndex: number,
  ): Promise<number | undefined> {
    for (let at = from; at + ENTRY_HEADER_BYTES <= to; at += UNIT_BYTES) {
      if (
        !this.window.holds(at, ENTRY_HEADER_BYTES) &&
        !(await this.window.load(at, ENTRY_HEADER_BYTES))
      ) {
        return undefined;
      }
      const { area } = this.window;
      const place = this.window.at(at);
      if (!isEntryHeader(area, place, this.seed, at)) continue;
      const logIndex = logIndexAt(area.view, place);
      const end = at + ENTRY_HEADER_BYTES + padded(payloadBytesAt(area.view, place));
      if (end <= to && logIndex >= firstIndex && logIndex <= lastIndex) return at;
    }
    return undefined;
  }

  /** Whether the payload of the loaded, intact header at `offset` is intact too. */
  async hasIntactPayload(offset: number): Promise<boolean> {
    const { view } = this.window.area;
    const place = this.window.at(offset);
    const [sizeBytes, expected] = [payloadBytesAt(view, place), payloadCrcAt(view, place)];
    return (await this.window.crc(offset + ENTRY_HEADER_BYTES, sizeBytes)) === expected;
  }

  async #loadWord(offset: number): Promise<boolean> {
    return this.window.holds(offset, UNIT_BYTES) || this.window.load(offset, UNIT_BYTES);
  }

  #loadedMark(offset: number): MarkPlace | undefined {
    const mark = readMark(this.window.area, this.window.at(offset), this.seed, offset);
    return mark === undefined ? undefined : placeOf(mark, offset);
  }
}

/** Where the batch of a mark found at `offset` lies; undefined if it could lie nowhere. */
function placeOf(mark: FoundMark, offset: number): MarkPlace | undefined {
  const start = mark.kind === 'opening' ? offset : offset - mark.bodyBytes - MARK_BYTES;
  const entriesBytes = mark.bodyBytes - 2 * padded(mark.metadataBytes ?? 0);
  const isSound =
    start >= SEGMENT_HEADER_BYTES &&
    (mark.metadataBytes ?? 0) <= RECORD_BYTES_MAX &&
    mark.entryCount * ENTRY_HEADER_BYTES <= entriesBytes;
  if (!isSound) return undefined;
  return { mark, start, end: start + mark.bodyBytes + 2 * MARK_BYTES, isTagless: false };
}
