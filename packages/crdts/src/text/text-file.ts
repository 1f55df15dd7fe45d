/*
 * A text as a file.
 *
 * A full file holds all that ever happened, and opens without replaying it: the text is in it as it
 * stands; see inserted-order.ts for what was typed when. A shallow one begins at a version that all
 * later events know, with the text of that version, so that nothing that may still arrive can need
 * what came before; shallow-file.ts makes it.
 */

import type { History } from '../history/history.ts';
import { historyChunks } from '../history/history-file.ts';
import { InsertedText } from '../log/inserted-text.ts';
import { ROOT } from '../log/operation-log.ts';
import type { Value } from '../log/value.ts';
import { ByteReader, corrupt } from '../wire/byte-reader.ts';
import { ByteWriter } from '../wire/byte-writer.ts';
import { type Chunk, decodeChunks, encodeChunks } from '../wire/chunks.ts';
import { readValue, writeValue } from '../wire/value-codec.ts';

import { deletedText, insertedText } from './inserted-order.ts';
import { partsOf } from './text-marks.ts';
import { TextState } from './text-state.ts';

/** Chunks of a file besides those of the history: the text, and what was deleted from it. */
const TEXT_CHUNK = 16;
const DELETED_CHUNK = 17;
/** Of a trimmed history: the marks on the text. */
const MARKS_CHUNK = 18;

const knownChunks: ReadonlySet<number> = /* @__PURE__ */ new Set([
  ...historyChunks,
  TEXT_CHUNK,
  DELETED_CHUNK,
  MARKS_CHUNK,
]);

/** What a file gives besides a history. */
export interface LoadedText {
  readonly state: TextState;
  /** What `state` says, if that is known without asking it. */
  readonly text: string | undefined;
  /** The marks of a trimmed history. */
  readonly marks: readonly Value[];
  /** Updates that waited for their past, to be applied. */
  readonly waiting: readonly Uint8Array[];
}

/** The bytes of a document; of a trimmed one, with the marks on its initial text. */
export function saveText(history: History, state: TextState, marks: readonly Value[]): Uint8Array {
  const { graph, log, trimmedCount } = history;
  if (trimmedCount > 0) return trimmedFile(history, trimmedCount, state.initialText, marks);
  // In this order, compression finds most: what was deleted resembles what was kept.
  return encodeChunks([
    [DELETED_CHUNK, textBytes(deletedText(graph, log, state.tracker))],
    [TEXT_CHUNK, textBytes(state.toString())],
    ...history.save({ trimmedCount: 0, insertedText: 'kept' }),
  ]);
}

/** A file that begins with a text and the marks on it, after the first `trimmedCount` events. */
export function trimmedFile(
  history: History,
  trimmedCount: number,
  text: string,
  marks: readonly Value[],
): Uint8Array {
  const chunks: Chunk[] = [[TEXT_CHUNK, textBytes(text)]];
  if (marks.length > 0) chunks.push([MARKS_CHUNK, valueBytes(marks)]);
  return encodeChunks([...chunks, ...history.save({ trimmedCount, insertedText: 'written' })]);
}

/** Whether a file is played through before it is believed. */
export interface TextCheck {
  /**
   * Says that the whole past is played through, and compared with the text of the file. Otherwise
   * checksums vouch for it.
   */
  readonly verify?: true;
}

/**
 * Fills a history, which must be empty, from the bytes of a document.
 *
 * @throws CorruptBytesError if they are damaged, or none.
 */
export function loadText(
  history: History,
  bytes: Uint8Array,
  { verify }: TextCheck = {},
): LoadedText {
  const { graph, log } = history;
  const chunks = decodeChunks(bytes, knownChunks);
  const chunk = chunks.get(TEXT_CHUNK) ?? new Uint8Array(0);
  const text = readText(chunk);
  const deleted = readText(chunks.get(DELETED_CHUNK) ?? new Uint8Array(0));
  const keptLength = text.length + deleted.length;
  const { trimmedCount, waiting } = history.load(chunks, keptLength);
  if (trimmedCount > 0) {
    const state = new TextState(graph, log, ROOT, text);
    state.integrate(trimmedCount, graph.eventCount);
    const marks = partsOf(readWhole(chunks.get(MARKS_CHUNK)));
    return { state, text: undefined, marks, waiting };
  }
  const { eventCount } = graph;
  const isLatin1 = !/[^\0-\xff]/u.test(text) && !/[^\0-\xff]/u.test(deleted);
  log.text.defer(keptLength, isLatin1, () => insertedText(graph, log, eventCount, text, deleted));
  const state = new TextState(graph, log);
  if (verify === true) verifyText(history, state, text);
  else state.show(text, unitsOf(text, chunk));
  return { state, text, marks: [], waiting };
}

/** Plays the past through in `state`, which is empty. */
function verifyText(history: History, state: TextState, text: string): void {
  history.verify();
  state.integrate(0, history.graph.eventCount);
  if (state.toString() !== text) throw corrupt('the text of its history', 'another');
}

function textBytes(text: string): Uint8Array {
  // Forged edits may tear pairs of surrogates: as a value, such a text keeps what it has.
  return valueBytes(text, text.length + 16);
}

function valueBytes(value: Value, sizeBytes = 256): Uint8Array {
  const writer = new ByteWriter(sizeBytes);
  writeValue(writer, value);
  return writer.copy();
}

function readText(bytes: Uint8Array): string {
  if (bytes.length === 0) return '';
  const text = readWhole(bytes);
  if (typeof text !== 'string') throw corrupt('a text', typeof text);
  return text;
}

/** The value that `bytes` are; an empty list if there are none. */
function readWhole(bytes: Uint8Array | undefined): Value {
  if (bytes === undefined) return [];
  const reader = new ByteReader(bytes);
  const value = readValue(reader);
  reader.expectEnd();
  return value;
}

/**
 * The text in the form that a buffer takes quickest. If it is ASCII, the bytes at the end of the
 * chunk are its units.
 */
function unitsOf(text: string, bytes: Uint8Array): InsertedText {
  const units = new InsertedText();
  const { length } = text;
  const start = bytes.length - length;
  if (start === headSizeOf(length)) units.appendLatin1(bytes, start, bytes.length);
  else units.append(text);
  return units;
}

/** Bytes in front of an ASCII text of this length: the kind of value, and how long it is. */
function headSizeOf(length: number): number {
  return length < 2 ** 6
    ? 1
    : length < 2 ** 7
      ? 2
      : length < 2 ** 14
        ? 3
        : length < 2 ** 21
          ? 4
          : 5;
}
