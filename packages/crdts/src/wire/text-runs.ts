/*
 * The operations of a text out of their columns, straight into a log.
 *
 * `BatchReader` reads operations of every kind, checks each, and hands them over one by one. To
 * open a file, that takes most of the time, because code that runs once is interpreted. If a file
 * holds nothing but one text, one loop over four arrays does the same: short loops are compiled
 * while they run.
 */

import { TEXT_DELETE, TEXT_DELETE_BACKWARD, TEXT_INSERT } from '../log/operation-kind.ts';
import { type OperationLog, ROOT } from '../log/operation-log.ts';

import { type Columns, HAS_COUNT, IS_ELSEWHERE } from './batch-writer.ts';
import { corrupt } from './byte-reader.ts';
import type { IncomingPiece } from './incoming-operation.ts';

/** Where a column has been read up to. */
interface Place {
  at: number;
}

/**
 * Appends what the events of `pieces` did to `log`.
 *
 * @param columns - `extras` must be empty: all operations are of the root, which is a text.
 * @param textLength - Units of inserted text.
 * @throws CorruptBytesError if there is not one operation for each event, or text for each
 * insertion.
 */
export function readTextRuns(
  log: OperationLog,
  pieces: readonly IncomingPiece[],
  columns: Omit<Columns, 'replicas' | 'graph' | 'extras'>,
  textLength: number,
): void {
  const { codes, counts, positions } = columns;
  const countPlace: Place = { at: 0 };
  const positionPlace: Place = { at: 0 };
  const cursors: number[] = [];
  let run = 0;
  let skipped = log.eventCount;
  let offset = 0;
  for (const { replica, count } of pieces) {
    let left = count - Math.min(skipped, count);
    skipped -= count - left;
    let cursor = cursors[replica] ?? 0;
    while (left > 0) {
      const code = codes[run++] ?? 0;
      const kind = code & 15;
      const size = (code & HAS_COUNT) === 0 ? 1 : readNumber(counts, countPlace);
      if ((code & IS_ELSEWHERE) !== 0) {
        const distance = readNumber(positions, positionPlace);
        cursor += (distance >>> 1) ^ -(distance & 1);
      }
      const isKnown = kind >= TEXT_INSERT && kind <= TEXT_DELETE_BACKWARD && code < 64;
      const lowest = kind === TEXT_DELETE_BACKWARD ? cursor - size + 1 : cursor;
      if (!isKnown || size < 1 || size > left || lowest < 0 || cursor > 2 ** 30) {
        throw corrupt('an operation of a text', code);
      }
      log.append(kind, ROOT, size, cursor, kind === TEXT_INSERT ? offset : 0, 0, -1);
      if (kind === TEXT_INSERT) offset += size;
      cursor = kind === TEXT_DELETE ? cursor : kind === TEXT_INSERT ? cursor + size : lowest;
      left -= size;
    }
    cursors[replica] = cursor;
  }
  const isAll = run === codes.length && countPlace.at === counts.length;
  if (!isAll || positionPlace.at !== positions.length) throw corrupt('the end', 'more');
  if (offset !== textLength) throw corrupt(`a text of ${offset} units`, textLength);
}

/** Reads a number below 2^31; beyond the end of the column it is 0, and the place is wrong. */
function readNumber(column: Uint8Array, place: Place): number {
  let byte = column[place.at++] ?? 0;
  let value = byte & 0x7f;
  for (let shift = 7; byte >= 0x80 && shift < 35; shift += 7) {
    byte = column[place.at++] ?? 0;
    value |= (byte & 0x7f) << shift;
  }
  if (value < 0) throw corrupt('a number', value);
  return value;
}
