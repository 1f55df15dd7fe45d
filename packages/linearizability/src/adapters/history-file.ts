/* Reads a history from a file: finds out what format it has, and never holds more than it must. */

import { closeSync, openSync, readSync } from 'node:fs';

import { HistoryError } from '../errors.ts';
import { parseJepsenHistory, parseJepsenLog } from '../importers/jepsen.ts';
import { parseRecording } from '../importers/json-lines.ts';
import { parsePorcupineKeyValue } from '../importers/porcupine.ts';
import type { Recording } from '../importers/recording.ts';

/** What histories are written in. */
export const FORMATS = ['jsonl', 'jepsen', 'porcupine'] as const;

/** One of `FORMATS`. */
export type Format = (typeof FORMATS)[number];

/** A history, and what it was written in. */
export interface HistoryFile {
  readonly format: Format;
  readonly recording: Recording;
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
  const lines = linesIn(path);
  try {
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
    const recording = readAs(known, begin, chain(first, lines));
    if (recording.history.length > 0) return { format: known, recording };
    throw new HistoryError(
      `expected operations in ${format ?? `one of the formats ${FORMATS.join(', ')}`}, got none`,
    );
  } finally {
    lines.return(undefined);
  }
}

function formatOf(begin: string): Format {
  if (/^\{:process \d+, :type :\w+, :f :\w+, :key /.test(begin)) return 'porcupine';
  if (/^\{\s*"/.test(begin) && !/"f"\s*:\s*"/.test(begin)) return 'jsonl';
  return 'jepsen';
}

function readAs(format: Format, begin: string, lines: Iterable<string>): Recording {
  switch (format) {
    case 'jsonl':
      return parseRecording(lines);
    case 'porcupine':
      return { history: parsePorcupineKeyValue(lines), annotations: [] };
    case 'jepsen':
      return /^[[({#;]/.test(begin) ? parseJepsenHistory(joined(lines)) : parseJepsenLog(lines);
  }
}

function* chain(first: readonly string[], rest: Iterable<string>): Iterable<string> {
  yield* first;
  yield* rest;
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
