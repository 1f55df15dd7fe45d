import { crc32c } from '@quorate/transport/codec';

import type { DiskFile } from './disk.ts';
import type { LogEntry } from './log-entry.ts';
import {
  type Area,
  areaOf,
  ENTRY_HEADER_BYTES,
  isEntryHeader,
  logIndexAt,
  padded,
  payloadBytesAt,
  payloadCrcAt,
  segmentSeed,
  termAt,
  typeAt,
  UNIT_BYTES,
} from './log-format.ts';

/** Most that is read at once, unless a single entry is larger. */
const READ_BYTES = 1_024 * 1_024;

/** Read along with the last entry, whose size is not known beforehand. */
const LAST_ENTRY_GUESS_BYTES = 4_096;

/** Where some entries lie, one behind the other in one segment. */
export interface EntryRun {
  readonly sequence: number;
  readonly fromIndex: number;
  /** Position of each, in units of 8 bytes. */
  readonly units: readonly number[];
}

/** Entries that were read, and the first that turned out to be damaged. */
export interface ReadRun {
  readonly entries: readonly LogEntry[];
  readonly damaged: { readonly logIndex: number; readonly offset: number } | undefined;
}

/** What the headers of entries hold: their index, or where they stand in a log of many groups. */
export type Numbering = 'logIndex' | 'position';

/** The longest run from `fromIndex` on that is worth one read. */
export function runFrom(
  sequence: number,
  fromIndex: number,
  toIndex: number,
  unitAt: (logIndex: number) => number,
  maxBytes: number,
): EntryRun {
  const firstUnit = unitAt(fromIndex);
  const units = [firstUnit];
  const limit = firstUnit + Math.min(READ_BYTES, maxBytes) / UNIT_BYTES;
  for (let logIndex = fromIndex + 1; logIndex <= toIndex; logIndex += 1) {
    const unit = unitAt(logIndex);
    if (unit > limit) break;
    units.push(unit);
  }
  return { sequence, fromIndex, units };
}

/** How many bytes on disk the run takes, without the payload of its last entry. */
export function runBytes({ units }: EntryRun): number {
  return ((units.at(-1) ?? 0) - (units[0] ?? 0)) * UNIT_BYTES + ENTRY_HEADER_BYTES;
}

/**
 * Reads and verifies a run of entries, up to the first that is damaged.
 *
 * @throws DiskError if the file cannot be read.
 */
export async function readRun(
  file: DiskFile,
  run: EntryRun,
  numbering: Numbering,
): Promise<ReadRun> {
  const seed = segmentSeed(run.sequence);
  const start = (run.units[0] ?? 0) * UNIT_BYTES;
  const lastOffset = (run.units.at(-1) ?? 0) * UNIT_BYTES;
  const sizeBytes = lastOffset - start + ENTRY_HEADER_BYTES + LAST_ENTRY_GUESS_BYTES;
  const area = await readArea(file, start, sizeBytes);
  const entries: LogEntry[] = [];
  for (const [position, unit] of run.units.entries()) {
    const offset = unit * UNIT_BYTES;
    const logIndex = run.fromIndex + position;
    const entry =
      entryAt(area, offset - start, { seed, offset, logIndex, numbering }) ??
      (await readAlone(file, { seed, offset, logIndex, numbering }));
    if (entry === undefined) return { entries, damaged: { logIndex, offset } };
    entries.push(entry);
  }
  return { entries, damaged: undefined };
}

interface EntryPlace {
  readonly seed: number;
  readonly offset: number;
  readonly logIndex: number;
  readonly numbering: Numbering;
}

/** The entry at `at` in the area if all of it is there and intact. */
function entryAt(area: Area, at: number, place: EntryPlace): LogEntry | undefined {
  const { bytes, view } = area;
  const start = at + ENTRY_HEADER_BYTES;
  if (start > bytes.length || !isEntryHeader(area, at, place.seed, place.offset)) return undefined;
  const end = start + payloadBytesAt(view, at);
  if (end > bytes.length) return undefined;
  const isOther = place.numbering === 'logIndex' && logIndexAt(view, at) !== place.logIndex;
  if (isOther) return undefined;
  if (crc32c(bytes, start, end) !== payloadCrcAt(view, at)) return undefined;
  return {
    logIndex: place.logIndex,
    term: termAt(view, at),
    type: typeAt(view, at),
    payload: bytes.subarray(start, end),
  };
}

/** For an entry larger than what was read, and for a second look at one that seems damaged. */
async function readAlone(file: DiskFile, place: EntryPlace): Promise<LogEntry | undefined> {
  const header = await readArea(file, place.offset, ENTRY_HEADER_BYTES);
  const isIntact =
    header.bytes.length === ENTRY_HEADER_BYTES &&
    isEntryHeader(header, 0, place.seed, place.offset);
  if (!isIntact) return undefined;
  const sizeBytes = ENTRY_HEADER_BYTES + padded(payloadBytesAt(header.view, 0));
  return entryAt(await readArea(file, place.offset, sizeBytes), 0, place);
}

async function readArea(file: DiskFile, offset: number, sizeBytes: number): Promise<Area> {
  const target = new Uint8Array(sizeBytes);
  const count = await file.read(offset, target);
  return areaOf(target.subarray(0, count));
}

/** Gathers entries until they reach a limit. */
export class BoundedRead {
  readonly entries: LogEntry[] = [];
  #left: number;

  constructor(maxBytes: number) {
    this.#left = maxBytes;
  }

  /** Adds what fits, and the first whatever its size; answers whether all did. */
  add(entries: readonly LogEntry[]): boolean {
    for (const entry of entries) {
      this.#left -= ENTRY_HEADER_BYTES + entry.payload.length;
      if (this.#left < 0 && this.entries.length > 0) return false;
      this.entries.push(entry);
    }
    return true;
  }
}
