/*
 * The operations of a text out of their columns, straight into a log.
 *
 * `BatchReader` reads operations of every kind, checks each, and hands them over one by one. To
 * open a file, that takes most of the time, because code that runs once is interpreted. If a file
 * holds nothing but one text, one loop over four arrays does the same: short loops are compiled
 * while they run.
 */

import type { CausalGraph } from '../graph/causal-graph.ts';
import { TEXT_DELETE, TEXT_INSERT } from '../log/operation-kind.ts';
import { type OperationLog, ROOT } from '../log/operation-log.ts';

import type { Columns } from './batch-writer.ts';
import { corrupt } from './byte-reader.ts';
import {
  IS_ELSEWHERE,
  REPEAT,
  REPEAT_COUNT_MAX,
  TEXT_COUNT_MAX,
  TEXT_KIND_SHIFT,
  TEXT_ROW,
} from './operation-rows.ts';

/** A column, and how far it has been read. */
interface Column {
  readonly bytes: Uint8Array;
  at: number;
}

type TextColumns = Pick<Columns, 'codes' | 'counts' | 'positions'>;

/** Reads rows that are all of a text. */
class TextRows {
  code = 0;
  count = 0;
  distance = 0;
  readonly #codes: Column;
  readonly #counts: Column;
  readonly #positions: Column;
  #repeatCount = 0;

  constructor({ codes, counts, positions }: TextColumns) {
    this.#codes = { bytes: codes, at: 0 };
    this.#counts = { bytes: counts, at: 0 };
    this.#positions = { bytes: positions, at: 0 };
  }

  get isAtEnd(): boolean {
    const columns = [this.#codes, this.#counts, this.#positions];
    return this.#repeatCount === 0 && columns.every(({ bytes, at }) => at === bytes.length);
  }

  /** Reads the next row; beyond the end, its code is 0. */
  next(): void {
    if (this.#repeatCount > 0) {
      this.#repeatCount -= 1;
      return;
    }
    const code = this.#codes.bytes[this.#codes.at++] ?? 0;
    if (code >= REPEAT) {
      this.#repeat(code);
      return;
    }
    this.code = code;
    this.distance = 0;
    this.count = code & TEXT_COUNT_MAX;
    if (this.count === 0) {
      this.count = readNumber(this.#counts);
      if (this.count <= TEXT_COUNT_MAX) throw corrupt('a count', this.count);
    }
    if ((code & IS_ELSEWHERE) === 0) return;
    const doubled = readNumber(this.#positions);
    if (doubled === 0) throw corrupt('a guessed position', 'a longer form');
    this.distance = (doubled >>> 1) ^ -(doubled & 1);
  }

  #repeat(code: number): void {
    const isShort = code > REPEAT;
    const count = isShort ? code - REPEAT : readNumber(this.#counts);
    // Only insertions, of which there is text for each, may become many.
    const isInsert = this.code >> TEXT_KIND_SHIFT === TEXT_ROW >> TEXT_KIND_SHIFT;
    if (!isInsert || (!isShort && count <= REPEAT_COUNT_MAX)) throw corrupt('a row', code);
    this.#repeatCount = count - 1;
  }
}

/**
 * Appends to `log`, up to event `eventCount`, what the events of `graph` did.
 *
 * @param columns - There are no others: all operations are of the root, which is a text.
 * @param textLength - Units of inserted text.
 * @throws CorruptBytesError if there is not one operation for each event, or text for each
 * insertion.
 */
export function readTextRuns(
  log: OperationLog,
  graph: CausalGraph,
  eventCount: number,
  columns: TextColumns,
  textLength: number,
): void {
  const rows = new TextRows(columns);
  const cursors: number[] = [];
  let offset = 0;
  for (let run = graph.runAt(log.eventCount); log.eventCount < eventCount; run += 1) {
    const replica = graph.runReplica(run);
    let left = Math.min(graph.runEnd(run), eventCount) - log.eventCount;
    let cursor = cursors[replica] ?? 0;
    while (left > 0) {
      rows.next();
      const size = rows.count;
      const kind = ((rows.code >> TEXT_KIND_SHIFT) & 3) + 1;
      cursor += rows.distance;
      const lowest = kind > TEXT_DELETE ? cursor - size + 1 : cursor;
      if (rows.code < TEXT_ROW || size > left || lowest < 0 || cursor > 2 ** 30) {
        throw corrupt('an operation of a text', rows.code);
      }
      log.append(kind, ROOT, size, cursor, kind === TEXT_INSERT ? offset : 0, 0, -1);
      if (kind === TEXT_INSERT) offset += size;
      if (offset > textLength) throw corrupt(`a text of ${offset} units`, textLength);
      cursor = kind === TEXT_DELETE ? cursor : kind === TEXT_INSERT ? cursor + size : lowest;
      left -= size;
    }
    cursors[replica] = cursor;
  }
  if (!rows.isAtEnd) throw corrupt('the end', 'more');
  if (offset !== textLength) throw corrupt(`a text of ${offset} units`, textLength);
}

/** Reads a number below 2^31; beyond the end of the column it is 0, and the place is wrong. */
function readNumber(column: Column): number {
  const { bytes } = column;
  let byte = bytes[column.at++] ?? 0;
  let value = byte & 0x7f;
  for (let shift = 7; byte >= 0x80 && shift < 35; shift += 7) {
    byte = bytes[column.at++] ?? 0;
    value |= (byte & 0x7f) << shift;
  }
  if (value < 0) throw corrupt('a number', value);
  return value;
}
