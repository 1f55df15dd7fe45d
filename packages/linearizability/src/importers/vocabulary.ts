/*
 * What files may ask of the built-in models. A model trusts its types, and a file has none: given
 * an operation that it does not know, a model would take it for another, and the verdict would be
 * about something that nobody did. So every input and output from a file passes here first.
 *
 * JSON has no `undefined`: where a model answers "nothing there" by it, files say null or leave the
 * output out. What says nothing (the output of a write) is dropped, whatever it is.
 */

import { HistoryError } from '../errors.ts';
import type { History, Operation, Outcome } from '../history.ts';
import type { CasRegisterInput, CasRegisterOutput } from '../models/cas-register.ts';
import type { CounterInput, CounterOutput } from '../models/counter.ts';
import type { FencedLockInput, FencedLockOutput } from '../models/fenced-lock.ts';
import type { KeyValueInput, KeyValueOutput } from '../models/key-value.ts';
import type { LogInput, LogOutput } from '../models/log.ts';
import type { MultiRegisterInput, MultiRegisterOutput } from '../models/multi-register.ts';
import type { MutexInput, MutexOutput } from '../models/mutex.ts';
import type { QueueInput, QueueOutput } from '../models/queue.ts';
import type { RegisterInput, RegisterOutput, Scalar } from '../models/register.ts';
import type { SemaphoreInput, SemaphoreOutput } from '../models/semaphore.ts';
import type { SetInput, SetOutput } from '../models/set.ts';
import type { StackInput, StackOutput } from '../models/stack.ts';
import { type Path, Untyped } from './untyped.ts';

/** What one model is asked and answers. Both throw HistoryError. */
interface Words<Input, Output> {
  /** @param process - Who asks: locks take it for the owner where a file names none. */
  input(given: Untyped, process: string): Input;
  output(input: Input, given: Untyped): Output;
}

const register: Words<RegisterInput<Scalar>, RegisterOutput<Scalar>> = {
  input: (given) => {
    const kind = given.field('kind').word(['read', 'write']);
    return kind === 'read' ? { kind } : { kind, value: given.field('value').scalar() };
  },
  output: ({ kind }, given) => (kind === 'read' ? given.scalar() : undefined),
};

const casRegister: Words<CasRegisterInput<Scalar>, CasRegisterOutput<Scalar>> = {
  input: (given) => {
    const kind = given.field('kind').word(['read', 'write', 'cas']);
    if (kind === 'read') return { kind };
    const value = given.field('value').scalar();
    return kind === 'write'
      ? { kind, value }
      : { kind, expected: given.field('expected').scalar(), value };
  },
  output: ({ kind }, given) => {
    if (kind === 'write') return undefined;
    return kind === 'read' ? given.scalar() : given.boolean();
  },
};

const keyValue: Words<KeyValueInput, KeyValueOutput> = {
  input: (given) => {
    const kind = given.field('kind').word(['get', 'put', 'append', 'delete', 'cas']);
    const key = given.field('key').text();
    if (kind === 'get' || kind === 'delete') return { kind, key };
    const value = given.field('value').text();
    return kind === 'cas'
      ? { kind, key, expected: textOrNull(given.field('expected')), value }
      : { kind, key, value };
  },
  output: ({ kind }, given) => {
    if (kind === 'get') return textOrNull(given);
    return kind === 'cas' ? given.boolean() : undefined;
  },
};

/** Null must be said: what was left out may have been forgotten. */
function textOrNull(given: Untyped): string | null {
  return given.isNothing && given.isThere ? null : given.text();
}

const counter: Words<CounterInput, CounterOutput> = {
  input: (given) => {
    const kind = given.field('kind').word(['read', 'add', 'addAndGet']);
    return kind === 'read' ? { kind } : { kind, by: given.field('by').integer() };
  },
  output: ({ kind }, given) => (kind === 'add' ? undefined : given.integer()),
};

const set: Words<SetInput<Scalar>, SetOutput<Scalar>> = {
  input: (given) => {
    const kind = given.field('kind').word(['add', 'remove', 'contains', 'read']);
    return kind === 'read' ? { kind } : { kind, item: given.field('item').scalar() };
  },
  output: ({ kind }, given) => {
    if (kind === 'read') return given.list().map((item) => item.scalar());
    return kind === 'contains' ? given.boolean() : booleanOrNothing(given);
  },
};

function booleanOrNothing(given: Untyped): boolean | undefined {
  return given.isNothing ? undefined : given.boolean();
}

const queue: Words<QueueInput<Scalar>, QueueOutput<Scalar>> = {
  input: (given) => {
    const kind = given.field('kind').word(['enqueue', 'dequeue']);
    return kind === 'dequeue' ? { kind } : { kind, item: given.field('item').item() };
  },
  output: ({ kind }, given) => (kind === 'dequeue' ? itemOrNothing(given) : undefined),
};

const stack: Words<StackInput<Scalar>, StackOutput<Scalar>> = {
  input: (given) => {
    const kind = given.field('kind').word(['push', 'pop']);
    return kind === 'pop' ? { kind } : { kind, item: given.field('item').item() };
  },
  output: ({ kind }, given) => (kind === 'pop' ? itemOrNothing(given) : undefined),
};

function itemOrNothing(given: Untyped): Scalar | undefined {
  return given.isNothing ? undefined : given.item();
}

const mutex: Words<MutexInput, MutexOutput> = {
  input: lockInput,
  output: (_input, given) => booleanOrNothing(given),
};

const semaphore: Words<SemaphoreInput, SemaphoreOutput> = mutex;

const fencedLock: Words<FencedLockInput, FencedLockOutput> = {
  input: lockInput,
  output: ({ kind }, given) => {
    if (kind === 'release') return undefined;
    return given.isNothing && given.isThere ? null : given.integer();
  },
};

function lockInput(
  given: Untyped,
  process: string,
): { readonly kind: 'acquire' | 'release'; readonly owner: string } {
  const owner = given.field('owner');
  return {
    kind: given.field('kind').word(['acquire', 'release']),
    owner: owner.isThere ? owner.text() : process,
  };
}

const log: Words<LogInput<Scalar>, LogOutput<Scalar>> = {
  input: (given) => {
    const kind = given.field('kind').word(['append', 'read']);
    return kind === 'append'
      ? { kind, item: given.field('item').item() }
      : { kind, offset: given.field('offset').integer() };
  },
  output: ({ kind }, given) => (kind === 'append' ? given.integer() : itemOrNothing(given)),
};

const multiRegister: Words<MultiRegisterInput<Scalar>, MultiRegisterOutput<Scalar>> = {
  input: (given) => {
    const kind = given.field('kind').word(['read', 'write']);
    if (kind === 'write') return { kind, values: scalarsOf(given.field('values')) };
    return {
      kind,
      keys: given
        .field('keys')
        .list()
        .map((key) => key.text()),
    };
  },
  output: ({ kind }, given) => (kind === 'read' ? scalarsOf(given) : undefined),
};

function scalarsOf(given: Untyped): Readonly<Record<string, Scalar>> {
  return Object.fromEntries(given.entries().map(([name, value]) => [name, value.scalar()]));
}

function narrow<Input, Output>(
  words: Words<Input, Output>,
  operations: Iterable<Operation<unknown, unknown>>,
): History<Input, Output> {
  const history: Operation<Input, Output>[] = [];
  for (const operation of operations) {
    const { process, callTime, outcome } = operation;
    const number = history.length + 1;
    const place = (): string => `operation ${number} (process ${process}, called at ${callTime})`;
    const given = new Untyped(operation.input, () => `${place()}: input`);
    const input = words.input(given, String(process));
    history.push({ ...operation, input, outcome: outcomeOf(words, input, outcome, place) });
  }
  return history;
}

function outcomeOf<Input, Output>(
  words: Words<Input, Output>,
  input: Input,
  outcome: Outcome<unknown>,
  place: Path,
): Outcome<Output> {
  if (outcome.kind !== 'ok') return outcome;
  const output = words.output(input, new Untyped(outcome.output, () => `${place()}: output`));
  return { ...outcome, output };
}

/** Sums must stay exact, or the order of additions would matter. */
function mustStayExact(history: History<CounterInput, CounterOutput>): void {
  let sum = 0;
  for (const { input } of history) sum += input.kind === 'read' ? 0 : Math.abs(input.by);
  if (Number.isSafeInteger(sum)) return;
  throw new HistoryError('by: expected sums below 2^53, got more');
}

/**
 * Makes what a file held a history for one of the built-in models, if it is one.
 *
 * @throws HistoryError (each of them) if an operation is none that the model knows, or an answer
 *   none that it can give; the message names operation and field.
 *
 * @example
 * ```ts
 * import { checkSync, historyFor, keyValue, parseJsonLines } from '@quorate/linearizability';
 *
 * const line =
 *   '{"process":"a","call":0,"return":1,"outcome":"ok",' +
 *   '"input":{"kind":"get","key":"x"},"output":null}';
 * checkSync(keyValue(), historyFor.keyValue(parseJsonLines(line))).verdict; // => 'linearizable'
 * ```
 */
export const historyFor = {
  /** Operations of `register`. */
  register: (
    history: Iterable<Operation<unknown, unknown>>,
  ): History<RegisterInput<Scalar>, RegisterOutput<Scalar>> => narrow(register, history),
  /** Operations of `casRegister`. */
  casRegister: (
    history: Iterable<Operation<unknown, unknown>>,
  ): History<CasRegisterInput<Scalar>, CasRegisterOutput<Scalar>> => narrow(casRegister, history),
  /** Operations of `keyValue`. */
  keyValue: (
    history: Iterable<Operation<unknown, unknown>>,
  ): History<KeyValueInput, KeyValueOutput> => narrow(keyValue, history),
  /** Operations of `counter`. */
  counter: (
    history: Iterable<Operation<unknown, unknown>>,
  ): History<CounterInput, CounterOutput> => {
    const result = narrow(counter, history);
    mustStayExact(result);
    return result;
  },
  /** Operations of `set`. */
  set: (
    history: Iterable<Operation<unknown, unknown>>,
  ): History<SetInput<Scalar>, SetOutput<Scalar>> => narrow(set, history),
  /** Operations of `queue`. */
  queue: (
    history: Iterable<Operation<unknown, unknown>>,
  ): History<QueueInput<Scalar>, QueueOutput<Scalar>> => narrow(queue, history),
  /** Operations of `stack`. */
  stack: (
    history: Iterable<Operation<unknown, unknown>>,
  ): History<StackInput<Scalar>, StackOutput<Scalar>> => narrow(stack, history),
  /** Operations of `mutex`. */
  mutex: (history: Iterable<Operation<unknown, unknown>>): History<MutexInput, MutexOutput> =>
    narrow(mutex, history),
  /** Operations of `semaphore`. */
  semaphore: (
    history: Iterable<Operation<unknown, unknown>>,
  ): History<SemaphoreInput, SemaphoreOutput> => narrow(semaphore, history),
  /** Operations of `fencedLock`. */
  fencedLock: (
    history: Iterable<Operation<unknown, unknown>>,
  ): History<FencedLockInput, FencedLockOutput> => narrow(fencedLock, history),
  /** Operations of `log`. */
  log: (
    history: Iterable<Operation<unknown, unknown>>,
  ): History<LogInput<Scalar>, LogOutput<Scalar>> => narrow(log, history),
  /** Operations of `multiRegister`. */
  multiRegister: (
    history: Iterable<Operation<unknown, unknown>>,
  ): History<MultiRegisterInput<Scalar>, MultiRegisterOutput<Scalar>> =>
    narrow(multiRegister, history),
} as const;
