/*
 * What a row says: the code of an operation, and the words that rows are made of.
 *
 *   1 k k p n n n n   a text operation: kind - 1; p: the position is not the guessed one; n: count
 *   1 1 1 n n n n n   the row before once more, n times
 *   0 n n n k k k k   another kind; n: count, or of a container that is ensured its type
 *   0 0 0 0 0 0 0 0   the container of the next row follows, since it is not the guessed one
 *
 * A count of 0 stands for one that is too large for its bits and follows in the column of counts; a
 * type of 0 for one that follows as a value.
 * A code is followed, each in its column and if its kind has it, by
 *
 *   count       unless it is part of the code
 *   position    as distance from where the author's cursor stood
 *   names       of the events that it is about
 *   key         a text when it comes for the first time, later the number that it got then
 *   value       one, or one for each event
 *   text        of an insertion, as UTF-8: as many bytes as its units take
 *
 * Only rows that bring bytes of their own besides, text or a value, are said to be repeated, so
 * that few bytes never become many rows.
 */

import {
  ENSURE,
  LIST_NEST,
  TEXT_DELETE_BACKWARD,
  TEXT_INSERT,
  TREE_MOVE,
  TRIMMED,
} from '../log/operation-kind.ts';
import { type OperationLog, ROOT } from '../log/operation-log.ts';
import type { Value } from '../log/value.ts';

import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import { HAS_VALUE, HAS_VALUES, shapeOf } from './operation-shape.ts';

/** The code in front of a container. */
export const OTHER_CONTAINER = 0;
/** The code of a text operation, with its kind less 1 and its count. */
export const TEXT_ROW = 128;
/** Bits that the kind of a text operation is shifted by. */
export const TEXT_KIND_SHIFT = 5;
/** Of a text operation: its position is not the guessed one. */
export const IS_ELSEWHERE = 16;
/** The largest count in the code of a text operation. */
export const TEXT_COUNT_MAX = 15;
/** The code of a repetition, with its count. */
export const REPEAT = 224;
/** The largest count in the code of a repetition. */
export const REPEAT_COUNT_MAX = 31;
/** Bits that the count of another operation is shifted by. */
export const COUNT_SHIFT = 4;
/** The largest count in the code of another operation. */
export const COUNT_MAX = 7;

/** One column for each meaning; in a short update they are all the same one. */
export interface RowColumns<Column extends ByteReader | ByteWriter | Uint8Array> {
  readonly codes: Column;
  readonly counts: Column;
  readonly positions: Column;
  readonly names: Column;
  readonly keys: Column;
  readonly values: Column;
  readonly text: Column;
}

/** A container's type as it fits into a code, or 0 if it does not. */
export function typeBits(type: Value): number {
  const fits = Number.isInteger(type) && Number(type) >= 1 && Number(type) <= COUNT_MAX;
  return fits ? Number(type) : 0;
}

/** Whether a row may be said to be repeated. */
export function isRepeatable(kind: number): boolean {
  return kind === TEXT_INSERT || (shapeOf(kind) & (HAS_VALUE | HAS_VALUES)) !== 0;
}

/** Whether what its author does next is most likely done in the container that it makes. */
export function opensContainer(kind: number, a: number): boolean {
  return kind === ENSURE || kind === LIST_NEST || (kind === TREE_MOVE && a === -1);
}

/** Whether a kind is one of a text. */
export function isTextKind(kind: number): boolean {
  return kind <= TEXT_DELETE_BACKWARD;
}

/** The container that an event made, if it made one, else that of its operation. */
export function containerOf(log: OperationLog, lv: number): number {
  if (lv < 0) return ROOT;
  const run = log.runAt(lv);
  return opensContainer(log.kind(run), log.a(run)) ? lv : log.container(run);
}

/** Where an event left the cursor: 0 if there is none, or if it is not of a text. */
export function cursorOf(log: OperationLog, lv: number): number {
  return lv < 0 ? 0 : log.cursorAfter(log.runAt(lv), lv);
}

/** Whether what an event did was trimmed: then it is only known where the last one of these was. */
export function isTrimmed(log: OperationLog, lv: number): boolean {
  return lv >= 0 && lv < log.eventCount && log.kind(log.runAt(lv)) === TRIMMED;
}
