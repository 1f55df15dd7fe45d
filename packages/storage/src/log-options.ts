import type { Disk } from './disk.ts';
import type { LogBatch, LogEntry } from './log-entry.ts';
import { METADATA_BYTES_MAX } from './log-format.ts';

/** Where a log lives and how it lays out its files. */
export interface WriteAheadLogOptions {
  readonly disk: Disk;
  /** A folder of the log's own. Made if missing. */
  readonly directory: string;
  /**
   * Size of one segment file, 4 KiB to 1 GiB; 64 MiB by default. The log is given back to the disk
   * in whole segments: raising it means fewer files, and more of what is compacted stays on disk.
   */
  readonly segmentBytes?: number;
}

const SEGMENT_BYTES_MIN = 4_096;
const SEGMENT_BYTES_MAX = 1_024 * 1_024 * 1_024;
const DEFAULT_SEGMENT_BYTES = 64 * 1_024 * 1_024;

/** Largest payloads of one `append` together. */
const APPEND_BYTES_MAX = 1_024 * 1_024 * 1_024;

/** @throws RangeError if it is no size a segment can have. */
export function segmentBytesOf({
  segmentBytes = DEFAULT_SEGMENT_BYTES,
}: WriteAheadLogOptions): number {
  const isInRange = segmentBytes >= SEGMENT_BYTES_MIN && segmentBytes <= SEGMENT_BYTES_MAX;
  if (Number.isSafeInteger(segmentBytes) && isInRange) return segmentBytes;
  throw new RangeError(
    `segmentBytes: expected an integer in ${SEGMENT_BYTES_MIN}..${SEGMENT_BYTES_MAX}, ` +
      `got ${segmentBytes}`,
  );
}

/**
 * Checks a batch against the log it is meant for.
 *
 * @throws RangeError or TypeError that names the field.
 */
export function checkBatch(
  batch: LogBatch,
  log: { readonly firstIndex: number; readonly lastIndex: number },
): void {
  const { truncateFrom, entries, metadata } = batch;
  if (truncateFrom !== undefined) {
    const isInRange = isIndex(truncateFrom) && truncateFrom >= log.firstIndex;
    if (!isInRange) {
      throw new RangeError(
        `truncateFrom: expected an integer of at least ${log.firstIndex}, got ${truncateFrom}`,
      );
    }
  }
  checkMetadata(metadata);
  let nextIndex = Math.min(truncateFrom ?? Number.POSITIVE_INFINITY, log.lastIndex + 1);
  let sizeBytes = 0;
  for (const entry of entries) {
    checkEntry(entry, nextIndex);
    nextIndex += 1;
    sizeBytes += entry.payload.length;
  }
  if (sizeBytes > APPEND_BYTES_MAX) {
    throw new RangeError(`entries: expected at most ${APPEND_BYTES_MAX} bytes, got ${sizeBytes}`);
  }
}

/** @throws RangeError or TypeError if it is no metadata record. */
export function checkMetadata(metadata: Uint8Array | undefined): void {
  if (metadata === undefined) return;
  checkBytes('metadata', metadata);
  if (metadata.length <= METADATA_BYTES_MAX) return;
  throw new RangeError(
    `metadata: expected at most ${METADATA_BYTES_MAX} bytes, got ${metadata.length}`,
  );
}

/** @throws RangeError if `value` is no integer in 0..2^53-1. */
export function checkInteger(name: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 0) return;
  throw new RangeError(`${name}: expected an integer in 0..2^53-1, got ${value}`);
}

function checkEntry({ logIndex, term, type, payload }: LogEntry, expectedIndex: number): void {
  if (logIndex !== expectedIndex || !isIndex(logIndex)) {
    throw new RangeError(`logIndex: expected ${expectedIndex}, got ${logIndex}`);
  }
  checkInteger('term', term);
  if (!Number.isInteger(type) || type < 0 || type > 255) {
    throw new RangeError(`type: expected an integer in 0..255, got ${type}`);
  }
  checkBytes('payload', payload);
}

function checkBytes(name: string, value: unknown): void {
  if (value instanceof Uint8Array) return;
  throw new TypeError(`${name}: expected a Uint8Array, got ${typeof value}`);
}

function isIndex(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 1;
}
