/*
 * What the files of Jepsen, Maelstrom and elle-cli have in common: a list of events, of which each
 * says that a process invoked an operation, or what became of it.
 *
 *   :invoke  it was called
 *   :ok      it happened, and this is the answer
 *   :fail    it certainly did not and will not happen
 *   :info    nobody knows; the process retires. Of the nemesis, which makes the faults, all events
 *            are such.
 *
 * Times are the positions of the events in the file: Jepsen goes by these as well, because the
 * clocks of its threads disagree by some microseconds.
 */

import { HistoryError } from '../errors.ts';
import type { Outcome } from '../history.ts';
import type { Annotation } from '../report/annotation.ts';
import { pairCalls } from './calls.ts';
import type { Recording } from './recording.ts';

/** One event, whatever it was written in. */
export interface JepsenEvent {
  /** A number, or a word such as 'nemesis'. */
  readonly process: string;
  readonly type: string;
  readonly f: string;
  readonly value: unknown;
  /** Why it failed, if the file says. */
  readonly hasError: boolean;
  /** Where it stands, for messages: 'line 7'. */
  readonly place: string;
}

/** An input in the words of our models, beside the name that Jepsen has for it. */
interface Call {
  readonly f: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/**
 * The operations and faults that `events` tell of, in the words of our models.
 *
 * @throws HistoryError if no clients can have recorded `events`, or an operation is not one of
 *   read, write, cas, add, enqueue, dequeue, acquire and release.
 *
 * @remarks
 * Where values are pairs, as `jepsen.independent` and Maelstrom's `lin-kv` have them, they are a
 * key and its value, and the operations those of `keyValue`. A failed compare-and-set is an answer
 * (the value was another) unless the event names an error: then it just did not happen. Jepsen's
 * mutex does not ask who releases it, so all its operations get the same owner.
 */
export function recordingOf(events: readonly JepsenEvent[]): Recording {
  const clients = events.filter(isOfClient);
  const areKeyed = clients.length > 0 && clients.every(isKeyed);
  const addsTo = clients.some(({ f, value }) => f === 'read' && typeof value === 'number')
    ? 'counter'
    : 'set';
  const calls = pairCalls<Call, unknown>();
  events.forEach((event, position) => {
    const { process, f, type, place } = event;
    if (!isOfClient(event)) return;
    if (type === 'invoke') {
      const input = areKeyed ? keyedInputOf(event) : inputOf(event, addsTo);
      calls.call(process, { f, input }, position, place);
      return;
    }
    calls.end(process, (call) => outcomeOf(event, call, position, areKeyed), place);
  });
  return {
    history: calls.history().map((operation) => ({ ...operation, input: operation.input.input })),
    annotations: annotationsOf(events),
  };
}

function isOfClient({ process }: JepsenEvent): boolean {
  return /^\d+$/.test(process);
}

/** Whether the value is a key and what is for that key. */
function isKeyed({ f, value }: JepsenEvent): boolean {
  if (!isPair(value)) return false;
  return f === 'read' || f === 'write' || (f === 'cas' && isPair(value[1]));
}

function isPair(value: unknown): value is readonly [unknown, unknown] {
  return Array.isArray(value) && value.length === 2;
}

function inputOf(event: JepsenEvent, addsTo: 'counter' | 'set'): Call['input'] {
  const { f, value, place } = event;
  switch (f) {
    case 'read':
      return { kind: 'read' };
    case 'write':
      return { kind: 'write', value };
    case 'cas':
      return { kind: 'cas', ...changeOf(value, place) };
    case 'add':
      return addsTo === 'set' ? { kind: 'add', item: value } : { kind: 'add', by: value };
    case 'enqueue':
      return { kind: 'enqueue', item: value };
    case 'dequeue':
      return { kind: 'dequeue' };
    case 'acquire':
    case 'release':
      return { kind: f, owner: 'anyone' };
    default:
      throw unknownOperation(event);
  }
}

function keyedInputOf(event: JepsenEvent): Call['input'] {
  const [key, value] = isPair(event.value) ? event.value : [];
  const name = typeof key === 'string' ? key : JSON.stringify(key);
  switch (event.f) {
    case 'read':
      return { kind: 'get', key: name };
    case 'write':
      return { kind: 'put', key: name, value };
    case 'cas':
      return { kind: 'cas', key: name, ...changeOf(value, event.place) };
    default:
      throw unknownOperation(event);
  }
}

function unknownOperation({ f, place }: JepsenEvent): HistoryError {
  return new HistoryError(
    `${place}: expected one of read, write, cas, add, enqueue, dequeue, acquire, release, got ${f}`,
  );
}

function changeOf(value: unknown, place: string): { expected: unknown; value: unknown } {
  if (!isPair(value)) throw new HistoryError(`${place}: expected cas to have two values`);
  return { expected: value[0], value: value[1] };
}

function outcomeOf(
  { type, f, value, hasError, place }: JepsenEvent,
  call: Call,
  returnTime: number,
  isPaired: boolean,
): Outcome<unknown> {
  if (f !== call.f) throw new HistoryError(`${place}: expected the return of ${call.f}, got ${f}`);
  switch (type) {
    case 'info':
      return { kind: 'info' };
    case 'fail':
      if (f !== 'cas' || hasError) return { kind: 'fail', returnTime };
      return { kind: 'ok', output: false, returnTime };
    case 'ok':
      return { kind: 'ok', output: outputOf(f, value, isPaired), returnTime };
    default:
      throw new HistoryError(`${place}: expected invoke, ok, fail or info, got ${type}`);
  }
}

function outputOf(f: string, value: unknown, isPaired: boolean): unknown {
  if (f === 'cas') return true;
  if (f !== 'read' && f !== 'dequeue') return undefined;
  return isPaired && isPair(value) ? value[1] : value;
}

/**
 * The faults. The nemesis says twice what it does: when it begins to, and when it has done it. What
 * it starts lasts until it stops it.
 */
function annotationsOf(events: readonly JepsenEvent[]): Annotation[] {
  const begun = new Map<string, number>();
  const lasting = new Map<string, { readonly label: string; readonly fromTime: number }>();
  const annotations: Annotation[] = [];
  events.forEach((event, position) => {
    const { process, f, value } = event;
    if (isOfClient(event)) return;
    const action = `${process} ${f}`;
    const fromTime = begun.get(action);
    if (fromTime === undefined) {
      begun.set(action, position);
      return;
    }
    begun.delete(action);
    const label = value === null || value === undefined ? f : `${f} ${brief(value)}`;
    if (f.startsWith('start')) {
      lasting.set(f.slice('start'.length), { label, fromTime });
      return;
    }
    const started = lasting.get(f.slice('stop'.length));
    if (f.startsWith('stop') && started !== undefined) {
      lasting.delete(f.slice('stop'.length));
      annotations.push({ ...started, toTime: position });
      return;
    }
    annotations.push({ label, fromTime, toTime: position });
  });
  const endTime = events.length;
  for (const started of lasting.values()) annotations.push({ ...started, toTime: endTime });
  for (const [action, fromTime] of begun) {
    annotations.push({ label: action, fromTime, toTime: endTime });
  }
  return annotations;
}

function brief(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(plain(value));
  return text.length <= 60 ? text : `${text.slice(0, 59)}…`;
}

/** Maps as JSON has them. */
function plain(value: unknown): unknown {
  if (value instanceof Map) {
    return Object.fromEntries(Array.from(value, ([key, item]) => [String(key), plain(item)]));
  }
  return Array.isArray(value) ? value.map(plain) : value;
}
