/*
 * One partition of a history, laid out for the search: its operations numbered in the order of
 * their calls, and one list of call and return events in the order of time.
 */

import { type History, type Operation, returnTimeOf } from './history.ts';
import { type Model, UNKNOWN } from './model.ts';
import type { Question } from './state-table.ts';

/** What the search walks over. Events are numbered from 1; 0 stands before the first. */
export interface Partition<Input, Output> {
  /** What the model's `partition` said; '' if it has none. */
  readonly key: string;
  /** In the order of their calls. Certainly failed ones and reads of unknown outcome are gone. */
  readonly operations: readonly Operation<Input, Output>[];
  /** The questions of all operations, each distinct one once. */
  readonly questions: readonly Question<Input, Output>[];
  /** For each operation, its question. */
  readonly questionOf: Int32Array;
  /** For each operation, 1 if it never changes a state. */
  readonly isRead: Uint8Array;
  /** For each event, its operation. */
  readonly operationOf: Int32Array;
  /** For each operation, the event of its call. */
  readonly callOf: Int32Array;
  /** For each operation, the event of its return; 0 if nobody knows that it returned. */
  readonly returnOf: Int32Array;
  /** How many operations are known to have returned. All of these must be linearized. */
  readonly completedCount: number;
}

/** Splits a valid history into independent partitions, in the order of their first calls. */
export function partitionsOf<State, Input, Output>(
  model: Model<State, Input, Output>,
  history: History<Input, Output>,
): Partition<Input, Output>[] {
  const relevant = history.filter((operation) => {
    const { kind } = operation.outcome;
    return kind === 'ok' || (kind === 'info' && !isRead(model, operation));
  });
  const operations = relevant.sort((left, right) => left.callTime - right.callTime);
  const byKey = new Map<string, Operation<Input, Output>[]>();
  for (const operation of operations) {
    const key = model.partition?.(operation) ?? '';
    const own = byKey.get(key);
    if (own === undefined) byKey.set(key, [operation]);
    else own.push(operation);
  }
  return Array.from(byKey, ([key, own]) => layOut(model, key, own));
}

/** Whether `operation` leaves every state as it is. */
export function isRead<State, Input, Output>(
  model: Model<State, Input, Output>,
  { input, outcome }: Operation<Input, Output>,
): boolean {
  return model.isRead?.(input, outcome.kind === 'ok' ? outcome.output : UNKNOWN) ?? false;
}

function layOut<State, Input, Output>(
  model: Model<State, Input, Output>,
  key: string,
  operations: readonly Operation<Input, Output>[],
): Partition<Input, Output> {
  const { questions, questionOf } = askOnce(operations);
  const eventCount = operations.filter(isCompleted).length + operations.length;
  const operationOf = new Int32Array(eventCount + 1);
  const callOf = new Int32Array(operations.length);
  const returnOf = new Int32Array(operations.length);

  const byReturn = Array.from(operations.keys())
    .filter((index) => Number.isFinite(returnTimeAt(operations, index)))
    .sort((left, right) => returnTimeAt(operations, left) - returnTimeAt(operations, right));
  let event = 0;
  let returned = 0;
  for (let called = 0; called <= operations.length; called += 1) {
    const callTime = operations[called]?.callTime ?? Number.POSITIVE_INFINITY;
    // Intervals are closed: at one instant, calls come before returns, so they are concurrent.
    for (; returned < byReturn.length; returned += 1) {
      const index = byReturn[returned] ?? 0;
      if (returnTimeAt(operations, index) >= callTime) break;
      event += 1;
      operationOf[event] = index;
      returnOf[index] = event;
    }
    if (called === operations.length) break;
    event += 1;
    operationOf[event] = called;
    callOf[called] = event;
  }
  return {
    key,
    operations,
    questions,
    questionOf,
    isRead: Uint8Array.from(operations, (operation) => (isRead(model, operation) ? 1 : 0)),
    operationOf,
    callOf,
    returnOf,
    completedCount: byReturn.length,
  };
}

/** Operations that ask the same and are answered the same share a question, where that is cheap. */
function askOnce<Input, Output>(
  operations: readonly Operation<Input, Output>[],
): { questions: Question<Input, Output>[]; questionOf: Int32Array } {
  const questions: Question<Input, Output>[] = [];
  const numbers = new Map<string, number>();
  const questionOf = Int32Array.from(operations, ({ input, outcome }) => {
    const output = outcome.kind === 'ok' ? outcome.output : UNKNOWN;
    const text = plainText([input, answerOf(output)]);
    const known = text === undefined ? undefined : numbers.get(text);
    if (known !== undefined) return known;
    const number = questions.push({ input, output }) - 1;
    if (text !== undefined) numbers.set(text, number);
    return number;
  });
  return { questions, questionOf };
}

/** A text that only equal plain values share, or nothing for values that JSON cannot tell apart. */
function plainText(value: unknown): string | undefined {
  return isPlain(value) ? JSON.stringify(value) : undefined;
}

/** Outputs that JSON cannot hold and that are common: no answer, and an answer that is nothing. */
function answerOf(output: unknown): readonly unknown[] | null {
  if (output === UNKNOWN) return null;
  return output === undefined ? [] : [output];
}

function isPlain(value: unknown): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  if (typeof value !== 'object' || Object.hasOwn(value, 'toJSON')) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== Array.prototype) return false;
  return Object.values(value).every(isPlain);
}

function isCompleted<Input, Output>(operation: Operation<Input, Output>): boolean {
  return operation.outcome.kind === 'ok';
}

function returnTimeAt<Input, Output>(
  operations: readonly Operation<Input, Output>[],
  index: number,
): number {
  const operation = operations[index];
  return operation === undefined ? Number.POSITIVE_INFINITY : returnTimeOf(operation);
}
