/*
 * The exchange format, of which HISTORY-FORMAT.md says all: one operation per line,
 *
 *   {"process":"c1","call":10.5,"return":11.2,"outcome":"ok","input":{"kind":"get","key":"x"},
 *    "output":"1"}                                          (on one line)
 *
 * and between them, in any place, what happened to the system meanwhile:
 *
 *   {"annotation":"partition n1 | n2, n3","from":4,"to":9}
 */

import { HistoryError } from '../errors.ts';
import type { History, Operation, Outcome } from '../history.ts';
import type { Annotation } from '../report/annotation.ts';
import { linesOf, type TextOrLines } from './lines.ts';
import type { Recording } from './recording.ts';

/** A time written with more digits than a double holds: it would be rounded, and order lost. */
const LONG_TIME = /"(?:call|return|from|to)"\s*:\s*-?(\d[\d.]{17,})/;

const TIME_DIGITS_MAX = 17;

/**
 * Reads a history of one operation per line, without its annotations.
 *
 * @returns Inputs and outputs as JSON has them: give them to `historyFor` before you check them.
 * @throws HistoryError if a line is neither operation nor annotation; the message names line and
 *   field.
 */
export function parseJsonLines(text: TextOrLines): History<unknown, unknown> {
  return parseRecording(text).history;
}

/**
 * Reads a history of one operation per line, and its annotations.
 *
 * @throws HistoryError as `parseJsonLines` does.
 */
export function parseRecording(text: TextOrLines): Recording {
  const annotations: Annotation[] = [];
  return { history: [...operationsIn(text, annotations)], annotations };
}

/**
 * The operations of a history of one per line, each when it is asked for: whoever makes something
 * else of them never holds them twice.
 *
 * @param annotations - Takes the annotations that are passed on the way.
 * @throws HistoryError as `parseJsonLines` does, at the line that it is about.
 */
export function* operationsIn(
  text: TextOrLines,
  annotations: Annotation[],
): Generator<Operation<unknown, unknown>, undefined> {
  let lineNumber = 0;
  for (const line of linesOf(text)) {
    lineNumber += 1;
    if (line.trim() === '') continue;
    const fields = new Fields(line, lineNumber);
    if (fields.has('annotation')) annotations.push(annotationOf(fields));
    else yield operationOf(fields);
  }
}

/**
 * Writes a history of one operation per line, so that `parseRecording` reads it back.
 *
 * @param annotations - Written after the operations.
 * @throws TypeError if an input or output would come back as another: `undefined` within a value,
 *   NaN, an infinity, -0, a bigint, a Map, a Set, a Date.
 */
export function formatJsonLines(
  history: History<unknown, unknown>,
  annotations: readonly Annotation[] = [],
): string {
  const operations = history.map((operation, index) => formatOperation(operation, index));
  const others = annotations.map(({ label, fromTime, toTime }) =>
    JSON.stringify({ annotation: label, from: fromTime, to: toTime }),
  );
  return [...operations, ...others].map((line) => `${line}\n`).join('');
}

function formatOperation(operation: Operation<unknown, unknown>, index: number): string {
  const { process, callTime, outcome, input, note } = operation;
  const place = `operation ${index}`;
  mustSurvive(input, `${place}: input`);
  const end = outcome.kind === 'info' ? {} : { return: outcome.returnTime };
  mustSurvive([callTime, Object.values(end)], `${place}: times`);
  const hasOutput = outcome.kind === 'ok' && outcome.output !== undefined;
  if (hasOutput) mustSurvive(outcome.output, `${place}: output`);
  return JSON.stringify({
    process,
    call: callTime,
    ...end,
    outcome: outcome.kind,
    input,
    ...(hasOutput && { output: outcome.output }),
    ...(note !== undefined && { note }),
  });
}

/** Goes through `value` without recursion: it may be nested deeply. */
function mustSurvive(value: unknown, name: string): void {
  const left: unknown[] = [value];
  const seen = new Set<unknown>();
  while (left.length > 0) {
    const item = left.pop();
    if (!survives(item)) {
      throw new TypeError(`${name}: expected only what JSON gives back as it was`);
    }
    if (seen.has(item) || typeof item !== 'object' || item === null) continue;
    seen.add(item);
    for (const part of Object.values(item)) left.push(part);
  }
}

/** Whether JSON gives `item` back, apart from what is in it. */
function survives(item: unknown): boolean {
  if (item === null || typeof item === 'string' || typeof item === 'boolean') return true;
  if (typeof item === 'number') return Number.isFinite(item) && !Object.is(item, -0);
  if (typeof item !== 'object' || 'toJSON' in item) return false;
  const prototype: unknown = Object.getPrototypeOf(item);
  return Array.isArray(item) || prototype === Object.prototype || prototype === null;
}

/** One line, of which every complaint names the place. */
class Fields {
  readonly #line: string;
  readonly #lineNumber: number;
  readonly #object: object;
  /** Significant digits of a time that is written with many; 0 if none is. */
  #digitCount: number | undefined;

  constructor(line: string, lineNumber: number) {
    this.#line = line;
    this.#lineNumber = lineNumber;
    let parsed: unknown;
    try {
      parsed = JSON.parse(line);
    } catch (error) {
      throw new HistoryError(`line ${lineNumber}: expected JSON, got ${brief(line)}`, {
        cause: error,
      });
    }
    if (typeof parsed !== 'object' || parsed === null) throw this.error('line', 'an object');
    this.#object = parsed;
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#object, name);
  }

  get(name: string): unknown {
    return this.has(name) ? Reflect.get(this.#object, name) : undefined;
  }

  time(name: string): number {
    const value = this.get(name);
    if (typeof value !== 'number') throw this.error(name, 'a number');
    if (
      (this.#digitCount ??= digitCountOf(this.#line)) > TIME_DIGITS_MAX ||
      (Number.isInteger(value) && !Number.isSafeInteger(value))
    ) {
      throw this.error(
        name,
        'a time that a double holds exactly (subtract the first time of the history from all)',
      );
    }
    return value;
  }

  error(field: string, expected: string): HistoryError {
    const line = brief(this.#line);
    return new HistoryError(`line ${this.#lineNumber}: ${field}: expected ${expected}, in ${line}`);
  }
}

function digitCountOf(line: string): number {
  const [, digits = ''] = LONG_TIME.exec(line) ?? [];
  return digits.replace('.', '').replace(/^0+/, '').length;
}

function brief(line: string): string {
  return line.length <= 100 ? line : `${line.slice(0, 99)}…`;
}

function operationOf(fields: Fields): Operation<unknown, unknown> {
  const process = fields.get('process');
  if (typeof process !== 'string' && typeof process !== 'number') {
    throw fields.error('process', 'a string or a number');
  }
  if (!fields.has('input')) throw fields.error('input', 'a value');
  const note = fields.get('note');
  return {
    process,
    input: fields.get('input'),
    callTime: fields.time('call'),
    outcome: outcomeOf(fields),
    ...(typeof note === 'string' && { note }),
  };
}

function outcomeOf(fields: Fields): Outcome<unknown> {
  const kind = fields.get('outcome');
  switch (kind) {
    case 'ok':
      return { kind, output: fields.get('output'), returnTime: fields.time('return') };
    case 'fail':
      return { kind, returnTime: fields.time('return') };
    case 'info':
      return { kind };
    default:
      throw fields.error('outcome', '"ok", "fail" or "info"');
  }
}

function annotationOf(fields: Fields): Annotation {
  const label = fields.get('annotation');
  if (typeof label !== 'string') throw fields.error('annotation', 'a string');
  const fromTime = fields.time('from');
  const toTime = fields.has('to') ? fields.time('to') : fromTime;
  if (toTime < fromTime) throw fields.error('to', 'a time at or after from');
  return { label, fromTime, toTime };
}
