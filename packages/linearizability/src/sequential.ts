/*
 * Sequential consistency: some order of all operations is a run of the object and keeps the order
 * of each client, but may move an operation far away from when it happened. It is what clients that
 * cannot talk to each other behind the object's back can tell at most.
 *
 * Unlike linearizability it is not local: two objects may each be sequentially consistent and both
 * together not. So nothing is partitioned here: a configuration is how far each client has come,
 * and the state of each part of the object. An operation touches one part, so the states of the
 * parts are numbered apart, and no state of all of them together is ever made.
 *
 * Source: L. Lamport, "How to make a multiprocessor computer that correctly executes multiprocess
 * programs", IEEE Transactions on Computers 1979.
 */

import { turnOfEventLoop } from './adapters/event-loop.ts';
import { validateTimeout } from './checker.ts';
import { Configurations, type MemoryBudget } from './configurations.ts';
import { type History, type Operation, validateHistory } from './history.ts';
import { type Model, UNKNOWN } from './model.ts';
import { isRead } from './partition.ts';
import { IMPOSSIBLE, type Question, StateTable } from './state-table.ts';

/** Bounds on the work. */
export interface SequentialOptions {
  /** Memory for remembered configurations and states, in bytes. Default: 1 GiB. */
  readonly maxMemoryBytes?: number;
  /** Operations tried. Default: no bound. */
  readonly maxSteps?: number;
}

/** What `checkSequential` takes beyond the bounds: it runs beside other work. */
export interface AsyncSequentialOptions extends SequentialOptions {
  /** Ends the check with the verdict 'unknown'. */
  readonly signal?: AbortSignal;
  /**
   * Milliseconds after which the check ends with the verdict 'unknown', an integer from 1 to
   * 2^31 - 1. Default: no bound.
   */
  readonly timeoutMs?: number;
  /** How many operations are tried before it is the turn of other work. Default: 4 096. */
  readonly sliceSteps?: number;
  /** Lets other work run; awaited after every slice. Default: a turn of the event loop. */
  readonly pause?: () => Promise<void>;
}

/** The verdict, and an order that proves it. */
export interface SequentialResult<Input, Output> {
  /** 'unknown': a bound was met first. */
  readonly verdict: 'sequential' | 'not-sequential' | 'unknown';
  /** Why the verdict is 'unknown'. */
  readonly reason: 'memory' | 'steps' | 'aborted' | 'timeout' | undefined;
  /** All operations in an order the object could have run, if there is one. */
  readonly order: History<Input, Output> | undefined;
}

/**
 * Whether `history` is sequentially consistent, decided in one go.
 *
 * @throws HistoryError if no clients can have recorded `history`.
 * @throws RangeError if an option is out of range.
 *
 * @remarks
 * NP-complete; the number of configurations is at most the product of the clients' operation
 * counts times the number of states.
 */
export function checkSequentialSync<State, Input, Output>(
  model: Model<State, Input, Output>,
  history: History<Input, Output>,
  options: SequentialOptions = {},
): SequentialResult<Input, Output> {
  const search = new SequentialSearch(model, history, options);
  search.run(Number.POSITIVE_INFINITY);
  return search.result(undefined);
}

/**
 * Whether `history` is sequentially consistent, in slices between which other work goes on.
 *
 * @returns As `checkSequentialSync`; 'unknown' with reason 'aborted' once `options.signal` is
 *   aborted, and with reason 'timeout' after `options.timeoutMs`.
 * @throws HistoryError and RangeError as `checkSequentialSync` does (as rejections).
 */
export async function checkSequential<State, Input, Output>(
  model: Model<State, Input, Output>,
  history: History<Input, Output>,
  options: AsyncSequentialOptions = {},
): Promise<SequentialResult<Input, Output>> {
  const { signal, timeoutMs, pause = turnOfEventLoop } = options;
  if (timeoutMs !== undefined) validateTimeout(timeoutMs);
  const sliceSteps = positive('sliceSteps', options.sliceSteps ?? 4_096);
  const timeout = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs);
  const search = new SequentialSearch(model, history, options);
  for (;;) {
    if (signal?.aborted === true) return search.result('aborted');
    if (timeout?.aborted === true) return search.result('timeout');
    if (!search.run(sliceSteps)) return search.result(undefined);
    await pause();
  }
}

/** The operations of each client in their order, without those that say nothing. */
function lanesOf<State, Input, Output>(
  model: Model<State, Input, Output>,
  history: History<Input, Output>,
): Operation<Input, Output>[][] {
  const lanes = new Map<string | number, Operation<Input, Output>[]>();
  for (const operation of history.toSorted((left, right) => left.callTime - right.callTime)) {
    const { kind } = operation.outcome;
    if (kind === 'fail') continue;
    if (kind === 'info' && isRead(model, operation)) continue;
    const lane = lanes.get(operation.process);
    if (lane === undefined) lanes.set(operation.process, [operation]);
    else lane.push(operation);
  }
  return [...lanes.values()];
}

/** The number of a part of the object, and that of what it is asked. */
interface Asked {
  readonly part: number;
  readonly question: number;
}

class SequentialSearch<State, Input, Output> {
  readonly #lanes: readonly (readonly Operation<Input, Output>[])[];
  /** For each operation of each client. */
  readonly #asked: readonly (readonly Asked[])[];
  /** For each part. */
  readonly #states: readonly StateTable<State, Input, Output>[];
  readonly #configurations: Configurations;
  /** How far each client has come, and behind that the state of each part. */
  readonly #configuration: Int32Array;
  /** The clients whose operations were chosen, in order, and the state of the part before each. */
  readonly #chosen: number[] = [];
  readonly #stateBefore: number[] = [];
  /** The client that is tried next. */
  #lane = 0;
  #stepsLeft: number;
  #end: 'found' | 'exhausted' | 'memory' | undefined;

  constructor(
    model: Model<State, Input, Output>,
    history: History<Input, Output>,
    options: SequentialOptions,
  ) {
    const bytesLeft = positive('maxMemoryBytes', options.maxMemoryBytes ?? 2 ** 30);
    this.#stepsLeft = positive('maxSteps', options.maxSteps ?? Number.MAX_SAFE_INTEGER);
    validateHistory(history);
    this.#lanes = lanesOf(model, history);
    const budget: MemoryBudget = { bytesLeft };
    const parts = new Map<string, Part<Input, Output>>();
    this.#asked = this.#lanes.map((lane) => lane.map((operation) => ask(model, operation, parts)));
    this.#states = Array.from(
      parts.values(),
      ({ questions }) => new StateTable(model, questions, budget),
    );
    this.#configurations = new Configurations(budget);
    this.#configuration = Int32Array.from([
      ...this.#lanes.map(() => 0),
      ...this.#states.map((states) => states.initial()),
    ]);
  }

  result(stopped: 'aborted' | 'timeout' | undefined): SequentialResult<Input, Output> {
    if (this.#end === 'found') {
      return { verdict: 'sequential', reason: undefined, order: this.#order() };
    }
    if (this.#end === 'exhausted') {
      return { verdict: 'not-sequential', reason: undefined, order: undefined };
    }
    const reason = stopped ?? this.#end ?? 'steps';
    return { verdict: 'unknown', reason, order: undefined };
  }

  /** Tries at most `stepCount` operations. Returns whether there is more to try. */
  run(stepCount: number): boolean {
    for (let left = stepCount; left > 0 && this.#end === undefined; left -= 1) {
      if (this.#isDone()) this.#end = 'found';
      else if (this.#stepsLeft <= 0) return false;
      else this.#step();
    }
    return this.#end === undefined;
  }

  #order(): History<Input, Output> {
    const at = this.#lanes.map(() => 0);
    return this.#chosen.flatMap((lane) => {
      const place = at[lane] ?? 0;
      at[lane] = place + 1;
      return this.#lanes[lane]?.slice(place, place + 1) ?? [];
    });
  }

  /** A last operation of unknown outcome may never have happened. */
  #isDone(): boolean {
    return this.#lanes.every((lane, index) => {
      const next = lane[this.#configuration[index] ?? 0];
      return next === undefined || next.outcome.kind === 'info';
    });
  }

  #step(): void {
    this.#stepsLeft -= 1;
    if (this.#lane < this.#lanes.length) {
      this.#lane = this.#advance(this.#lane) ? 0 : this.#lane + 1;
      return;
    }
    const undone = this.#undo();
    if (undone === undefined) this.#end = 'exhausted';
    else this.#lane = undone + 1;
  }

  #advance(lane: number): boolean {
    const configuration = this.#configuration;
    const place = configuration[lane] ?? 0;
    const asked = this.#asked[lane]?.[place];
    if (asked === undefined) return false;
    const at = this.#lanes.length + asked.part;
    const state = configuration[at] ?? 0;
    const next = this.#states[asked.part]?.next(state, asked.question) ?? IMPOSSIBLE;
    if (next === IMPOSSIBLE) return false;
    this.#chosen.push(lane);
    this.#stateBefore.push(state);
    configuration[lane] = place + 1;
    configuration[at] = next;
    const last = configuration.length - 1;
    const added = this.#configurations.add(hashOf(configuration), 0, configuration, 0, last);
    if (added === 'new') return true;
    if (added === 'full') this.#end = 'memory';
    this.#undo();
    return false;
  }

  #undo(): number | undefined {
    const lane = this.#chosen.pop();
    const state = this.#stateBefore.pop();
    if (lane === undefined || state === undefined) return undefined;
    const place = (this.#configuration[lane] ?? 0) - 1;
    this.#configuration[lane] = place;
    const part = this.#asked[lane]?.[place]?.part;
    if (part !== undefined) this.#configuration[this.#lanes.length + part] = state;
    return lane;
  }
}

/** One independent part of the object, and all that it is asked. */
interface Part<Input, Output> {
  readonly number: number;
  readonly questions: Question<Input, Output>[];
}

/** Notes what `operation` asks, of a part that may be new. */
function ask<State, Input, Output>(
  model: Model<State, Input, Output>,
  operation: Operation<Input, Output>,
  parts: Map<string, Part<Input, Output>>,
): Asked {
  const key = model.partition?.(operation) ?? '';
  const { input, outcome } = operation;
  const part = parts.get(key) ?? { number: parts.size, questions: [] };
  parts.set(key, part);
  const output = outcome.kind === 'ok' ? outcome.output : UNKNOWN;
  return { part: part.number, question: part.questions.push({ input, output }) - 1 };
}

function hashOf(words: Int32Array): number {
  let hash = 0x811c_9dc5 | 0;
  for (const word of words) {
    hash = Math.imul(hash ^ word, 0x85eb_ca6b);
    hash ^= hash >>> 13;
  }
  return hash;
}

function positive(name: string, value: number): number {
  if (value >= 1) return value;
  throw new RangeError(`${name}: expected at least 1, got ${value}`);
}
