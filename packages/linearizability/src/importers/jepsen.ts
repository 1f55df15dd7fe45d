import { HistoryError } from '../errors.ts';
import { type Edn, type EdnMap, readEdn } from './edn.ts';
import { type JepsenEvent, recordingOf } from './jepsen-events.ts';
import { linesOf, type TextOrLines } from './lines.ts';
import type { Recording } from './recording.ts';

/** `… 3 <tab> :invoke <tab> :write <tab> 4`, whatever a logger put before it. */
const LINE = /(?:^|[\s:-])(\d+|:[\w-]+)\s+:(invoke|ok|fail|info)\s+:(\S+)(?:[ \t]+(.*))?$/;

/** What must be an event, so that one that was cut off is not passed over as noise. */
const BEGINNING = /jepsen\.util(?: -|:) (?:\d+|:nemesis)(?:\s|$)/;

/**
 * Reads the text log of a Jepsen test, `jepsen.log` or `history.txt`, old or new.
 *
 * @param text - Lines with `3 :invoke :write 4` at their end; others are passed over.
 * @returns Inputs in the words of our models; times are positions among the events.
 * @throws HistoryError if an event is cut off, a return has no call, a process has two calls open
 *   or goes on after an outcome that nobody knows; the message names the line.
 *
 * @remarks
 * A failed compare-and-set is an answer (the value was another) unless the line names an error.
 * Calls that never returned are of unknown outcome.
 */
export function parseJepsenLog(text: TextOrLines): Recording {
  const events: JepsenEvent[] = [];
  let lineNumber = 0;
  for (const line of linesOf(text)) {
    lineNumber += 1;
    const place = `line ${lineNumber}`;
    const [, process, type, f, rest = ''] = LINE.exec(line) ?? [];
    if (process !== undefined && type !== undefined && f !== undefined) {
      const [value, ...more] = readLine(rest, place);
      const isError = typeof value === 'string' && value.startsWith(':');
      events.push({
        process: process.replace(':', ''),
        type,
        f,
        value: isError ? null : value,
        hasError: isError || more.length > 0,
        place,
      });
    } else if (BEGINNING.test(line)) {
      throw new HistoryError(`${place}: expected an event, got ${line.slice(0, 80)}`);
    }
  }
  return recordingOf(events);
}

function readLine(text: string, place: string): Edn[] {
  try {
    return [...readEdn(text)];
  } catch (error) {
    throw new HistoryError(`${place}: expected a value, got ${text.slice(0, 80)}`, {
      cause: error,
    });
  }
}

/**
 * Reads the history of a Jepsen or Maelstrom test, `history.edn`, or the same as JSON, as elle-cli
 * takes it.
 *
 * @param text - Maps with `type`, `process`, `f` and `value`, one after the other or in one list.
 * @returns Inputs in the words of our models; times are positions among the events.
 * @throws HistoryError as `parseJepsenLog` does, or if it is neither EDN nor JSON.
 */
export function parseJepsenHistory(text: string): Recording {
  const events: JepsenEvent[] = [];
  for (const form of isJson(text) ? readJson(text) : readEdn(text)) {
    for (const item of Array.isArray(form) ? form : [form]) {
      events.push(eventOf(item, `event ${events.length + 1}`));
    }
  }
  return recordingOf(events);
}

function isJson(text: string): boolean {
  return /^\uFEFF?\s*(?:\[\s*)?\{\s*"/.test(text);
}

function* readJson(text: string): Iterable<unknown> {
  try {
    if (/^\uFEFF?\s*\[/.test(text)) {
      yield JSON.parse(text.replace('\uFEFF', ''));
      return;
    }
    for (const line of linesOf(text)) if (line.trim() !== '') yield JSON.parse(line);
  } catch (error) {
    throw new HistoryError('expected JSON', { cause: error });
  }
}

function eventOf(form: unknown, place: string): JepsenEvent {
  const field = fieldsOf(form, place);
  const text = (name: string): string => {
    const value = field(name);
    if (typeof value === 'string') return value.replace(/^:/, '');
    if (name === 'process' && typeof value === 'number') return String(value);
    throw new HistoryError(`${place}: ${name}: expected a word`);
  };
  return {
    process: text('process'),
    type: text('type'),
    f: text('f'),
    value: field('value') ?? null,
    hasError: (field('error') ?? null) !== null,
    place,
  };
}

function fieldsOf(form: unknown, place: string): (name: string) => unknown {
  if (isMap(form)) return (name) => form.get(`:${name}`);
  if (typeof form !== 'object' || form === null || Array.isArray(form)) {
    throw new HistoryError(`${place}: expected a map with type, process, f and value`);
  }
  return (name): unknown => (Object.hasOwn(form, name) ? Reflect.get(form, name) : undefined);
}

function isMap(form: unknown): form is EdnMap {
  return form instanceof Map;
}
