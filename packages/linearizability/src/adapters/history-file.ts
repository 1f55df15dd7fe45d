/* Reads a history from a file: finds out what format it has, and never holds more than it must. */

import { closeSync, openSync, readSync } from 'node:fs';

import { HistoryError } from '../errors.ts';
import type { Operation } from '../history.ts';
import { parseJepsenHistory, parseJepsenLog } from '../importers/jepsen.ts';
import { operationsIn } from '../importers/json-lines.ts';
import { parsePorcupineKeyValue } from '../importers/porcupine.ts';
import type { Recording } from '../importers/recording.ts';
import type { Annotation } from '../report/annotation.ts';

/** What histories are written in. */
export const FORMATS = ['jsonl', 'jepsen', 'porcupine'] as const;

/** One of `FORMATS`. */
export type Format = (typeof FORMATS)[number];

/** A history, and what it was written in. */
export interface HistoryFile {
  readonly format: Format;
  readonly recording: Recording;
}

/** A history that may not have been read yet. */
export interface OpenHistoryFile {
  readonly format: Format;
  /** To be taken once. They may be read from the file as they are taken, which throws the same. */
  readonly operations: Iterable<Operation<unknown, unknown>>;
  /** All of them once the operations were taken. */
  readonly annotations: readonly Annotation[];
}

const STDIN = 0;

const CHUNK_BYTES = 2 ** 20;

/** A history of more operations has to be cut in pieces: it would not fit into memory. */
const LINES_MAX = 20_000_000;

/** What has to be held as one text. */
const TEXT_CHARACTERS_MAX = 2 ** 28;

/**
 * Reads the history at `path`.
 *
 * @param path - '-' for the standard input.
 * @param format - Default: found out from the first line.
 * @throws HistoryError if it is no history of this format, no UTF-8, or too large.
 * @throws the error of the file system if it cannot be read.
 */
export function readHistoryFile(path: string, format?: Format): HistoryFile {
  const file = openHistoryFile(path, format);
  const { annotations } = file;
  return { format: file.format, recording: { history: [...file.operations], annotations } };
}

/** As `readHistoryFile`, but where the format allows it one operation after the other. */
export function openHistoryFile(path: string, format?: Format): OpenHistoryFile {
  const lines = linesIn(path);
  const first: string[] = [];
  for (let next = lines.next(); next.done !== true; next = lines.next()) {
    first.push(next.value);
    if (next.value.trim() !== '') break;
  }
  const begin =
    first
      .at(-1)
      ?.replace(/^\uFEFF/, '')
      .trimStart() ?? '';
  const known = format ?? formatOf(begin);
  const all = chain(first, lines);
  if (known === 'jsonl') {
    const annotations: Annotation[] = [];
    return { format: known, operations: some(operationsIn(all, annotations), format), annotations };
  }
  const { history, annotations } = readAs(known, begin, all);
  return { format: known, operations: [...some(history, format)], annotations };
}

/** All of `operations`, of which there has to be one. */
function* some(
  operations: Iterable<Operation<unknown, unknown>>,
  format: Format | undefined,
): Generator<Operation<unknown, unknown>, undefined> {
  let count = 0;
  for (const operation of operations) {
    count += 1;
    yield operation;
  }
  if (count > 0) return;
  throw new HistoryError(
    `expected operations in ${format ?? `one of the formats ${FORMATS.join(', ')}`}, got none`,
  );
}

function formatOf(begin: string): Format {
  if (/^\{:process \d+, :type :\w+, :f :\w+, :key /.test(begin)) return 'porcupine';
  if (/^\{\s*"/.test(begin) && !/"f"\s*:\s*"/.test(begin)) return 'jsonl';
  return 'jepsen';
}

function readAs(
  format: Exclude<Format, 'jsonl'>,
  begin: string,
  lines: Iterable<string>,
): Recording {
  if (format === 'porcupine') return { history: parsePorcupineKeyValue(lines), annotations: [] };
  return /^[[({#;]/.test(begin) ? parseJepsenHistory(joined(lines)) : parseJepsenLog(lines);
}

/** Ends `rest` when it is ended itself, be it before the first line. */
function* chain(
  first: readonly string[],
  rest: Generator<string, undefined>,
): Generator<string, undefined> {
  try {
    yield* first;
    yield* rest;
  } finally {
    rest.return(undefined);
  }
}

function joined(lines: Iterable<string>): string {
  let text = '';
  for (const line of lines) {
    text += `${line}\n`;
    if (text.length > TEXT_CHARACTERS_MAX) {
      throw new HistoryError(`expected at most ${TEXT_CHARACTERS_MAX} characters in this format`);
    }
  }
  return text;
}

/** Line by line, because a file may be larger than a string can be. */
function* linesIn(path: string): Generator<string, undefined> {
  const file = path === '-' ? STDIN : openSync(path, 'r');
  try {
    const chunk = new Uint8Array(CHUNK_BYTES);
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    let lineCount = 0;
    let rest = '';
    for (;;) {
      const size = readMore(file, chunk);
      const text = decoded(decoder, chunk.subarray(0, size), size > 0);
      const lines = `${rest}${text}`.split('\n');
      rest = lines.pop() ?? '';
      lineCount += lines.length;
      if (lineCount > LINES_MAX) throw new HistoryError(`expected at most ${LINES_MAX} lines`);
      if (rest.length > TEXT_CHARACTERS_MAX) throw new HistoryError('expected shorter lines');
      yield* lines;
      if (size === 0) break;
    }
    yield rest;
  } finally {
    if (file !== STDIN) closeSync(file);
  }
}

/** A standard input shared with a terminal answers EAGAIN while there is nothing to read. */
function readMore(file: number, chunk: Uint8Array): number {
  for (;;) {
    try {
      return readSync(file, chunk);
    } catch (error) {
      if (Reflect.get(Object(error), 'code') !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
}

function decoded(decoder: TextDecoder, bytes: Uint8Array, stream: boolean): string {
  try {
    return decoder.decode(bytes, { stream });
  } catch (error) {
    throw new HistoryError('expected UTF-8', { cause: error });
  }
}
