/*
 * One partition of a history, laid out for the search: its operations numbered in the order of
 * their calls, and one list of call and return events in the order of time.
 */

import { type History, type Operation, returnTimeOf } from './history.ts';
import { type Model, UNKNOWN } from './model.ts';
import { Interner } from './interner.ts';
import type { Question } from './state-table.ts';
import { isObject, structuralEquals, structuralHash } from './structural.ts';

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
  /**
   * For each operation, the last one called before it that asks and answers the same, if that has
   * to be over as soon: it may as well come first. `NO_TWIN` if not.
   */
  readonly twinOf: Int32Array;
  /** For each operation, a pseudo-random word; the hash of a set is the XOR over its members. */
  readonly hashOf: Int32Array;
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

/** In the place of a twin. */
export const NO_TWIN = -1;

/** Operations that touch one part of the object, in the order of their calls. */
export interface Part<Input, Output> {
  readonly key: string;
  readonly operations: readonly Operation<Input, Output>[];
}

/**
 * Splits a valid history into independent parts, in the order of their first calls. Certainly
 * failed operations did not happen, and reads of unknown outcome say nothing: they are left out.
 */
export function partsOf<State, Input, Output>(
  model: Model<State, Input, Output>,
  history: History<Input, Output>,
): Part<Input, Output>[] {
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
  return Array.from(byKey, ([key, own]) => ({ key, operations: own }));
}

/** The parts of a valid history, each laid out for the search. */
export function partitionsOf<State, Input, Output>(
  model: Model<State, Input, Output>,
  history: History<Input, Output>,
): Partition<Input, Output>[] {
  return partsOf(model, history).map((part) => layOut(model, part));
}

/** Whether `operation` leaves every state as it is. */
export function isRead<State, Input, Output>(
  model: Model<State, Input, Output>,
  { input, outcome }: Operation<Input, Output>,
): boolean {
  return model.isRead?.(input, outcome.kind === 'ok' ? outcome.output : UNKNOWN) ?? false;
}

/** Lays one part out for the search. */
export function layOut<State, Input, Output>(
  model: Model<State, Input, Output>,
  { key, operations }: Part<Input, Output>,
): Partition<Input, Output> {
  const questions = new Questions<Input, Output>();
  const questionOf = new Int32Array(operations.length);
  const isReadOf = new Uint8Array(operations.length);
  const returnTimeAt = new Float64Array(operations.length);
  const byReturn: number[] = [];
  operations.forEach((operation, index) => {
    const { input, outcome } = operation;
    const output = outcome.kind === 'ok' ? outcome.output : UNKNOWN;
    questionOf[index] = questions.numberOf({ input, output });
    if (isRead(model, operation)) isReadOf[index] = 1;
    const returnTime = returnTimeOf(operation);
    returnTimeAt[index] = returnTime;
    if (returnTime !== Number.POSITIVE_INFINITY) byReturn.push(index);
  });
  byReturn.sort((left, right) => (returnTimeAt[left] ?? 0) - (returnTimeAt[right] ?? 0));

  const operationOf = new Int32Array(operations.length + byReturn.length + 1);
  const callOf = new Int32Array(operations.length);
  const returnOf = new Int32Array(operations.length);
  let event = 0;
  let returned = 0;
  for (let called = 0; called <= operations.length; called += 1) {
    const callTime = operations[called]?.callTime ?? Number.POSITIVE_INFINITY;
    // Intervals are closed: at one instant, calls come before returns, so they are concurrent.
    for (; returned < byReturn.length; returned += 1) {
      const index = byReturn[returned] ?? 0;
      if ((returnTimeAt[index] ?? 0) >= callTime) break;
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
    questions: questions.all,
    questionOf,
    twinOf: twinsOf(questionOf, questions.all.length, returnOf),
    hashOf: questionOf.map((_question, operation) => zobrist(operation)),
    isRead: isReadOf,
    operationOf,
    callOf,
    returnOf,
    completedCount: byReturn.length,
  };
}

function twinsOf(questionOf: Int32Array, questionCount: number, returnOf: Int32Array): Int32Array {
  const lastAsking = new Int32Array(questionCount).fill(NO_TWIN);
  const twinOf = new Int32Array(questionOf.length).fill(NO_TWIN);
  for (let operation = 0; operation < questionOf.length; operation += 1) {
    const asked = questionOf[operation] ?? 0;
    const twin = lastAsking[asked] ?? NO_TWIN;
    lastAsking[asked] = operation;
    if (twin === NO_TWIN) continue;
    if (deadlineOf(returnOf, twin) <= deadlineOf(returnOf, operation)) twinOf[operation] = twin;
  }
  return twinOf;
}

/** The event by which an operation must have happened. */
function deadlineOf(returnOf: Int32Array, operation: number): number {
  const returned = returnOf[operation] ?? 0;
  return returned === 0 ? Number.POSITIVE_INFINITY : returned;
}

/** MurmurHash3's finalizer. */
function zobrist(operation: number): number {
  let bits = Math.imul(operation + 1, 0x9e3779b1);
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}

/** Among how many questions equal ones are looked for: a table of all would be slow to search. */
const SHARED_MAX = 1 << 14;

/** Operations that ask the same and are answered the same share a question, where that is cheap. */
class Questions<Input, Output> {
  readonly all: Question<Input, Output>[] = [];
  #plain = newestQuestions<Input, Output>();
  /** For each of these, its number among all. */
  #numberOf: number[] = [];

  numberOf(question: Question<Input, Output>): number {
    const number = this.all.length;
    if (isPlain(question.input) && isPlain(question.output)) {
      if (this.#plain.size >= SHARED_MAX) {
        this.#plain = newestQuestions();
        this.#numberOf = [];
      }
      const place = this.#plain.numberOf(question);
      const known = this.#numberOf[place];
      if (known !== undefined) return known;
      this.#numberOf.push(number);
    }
    this.all.push(question);
    return number;
  }
}

function newestQuestions<Input, Output>(): Interner<Question<Input, Output>> {
  return new Interner({
    equals: (left, right) =>
      structuralEquals(left.input, right.input) && structuralEquals(left.output, right.output),
    hash: ({ input, output }) =>
      Math.imul(structuralHash(input), 0x9e37_79b1) ^ structuralHash(output),
  });
}

/** Whether a value is its content and nothing else, so that equal ones cannot be told apart. */
function isPlain(value: unknown): boolean {
  if (!isObject(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== Array.prototype) return false;
  for (const item of Object.values(value)) if (!isPlain(item)) return false;
  return true;
}
