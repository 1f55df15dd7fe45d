/*
 * Sequential consistency: some order of all operations is a run of the object and keeps the order
 * of each client, but may move an operation far away from when it happened. It is what clients that
 * cannot talk to each other behind the object's back can tell at most.
 *
 * Unlike linearizability it is not local: two objects may each be sequentially consistent and both
 * together not. So nothing is partitioned here; the state is that of all parts together, and a
 * configuration is how far each client has come.
 *
 * Source: L. Lamport, "How to make a multiprocessor computer that correctly executes multiprocess
 * programs", IEEE Transactions on Computers 1979.
 */

import { Configurations } from './configurations.ts';
import { type History, type Operation, validateHistory } from './history.ts';
import { type Model, UNKNOWN } from './model.ts';
import { isRead } from './partition.ts';
import type { Verdict } from './search.ts';
import { IMPOSSIBLE, type Question, StateTable } from './state-table.ts';
import { structuralEquals, structuralHash } from './structural.ts';

/** Bounds on the work. */
export interface SequentialOptions {
  /** Memory for remembered configurations, in bytes. Default: 1 GiB. */
  readonly maxMemoryBytes?: number;
  /** Operations tried. Default: no bound. */
  readonly maxSteps?: number;
}

/** The verdict, and an order that proves it. */
export interface SequentialResult<Input, Output> {
  /** 'unknown': a bound was met first. */
  readonly verdict: 'sequential' | 'not-sequential' | 'unknown';
  /** All operations in an order the object could have run, if there is one. */
  readonly order: History<Input, Output> | undefined;
}

type Keyed<Input, Output> = Operation<Input, Output> & { readonly key: string };

/** An input and the part of the object that it is for. */
interface KeyedInput<Input> {
  readonly key: string;
  readonly input: Input;
}

/**
 * Whether `history` is sequentially consistent.
 *
 * @throws HistoryError if no clients can have recorded `history`.
 *
 * @remarks
 * NP-complete; the number of configurations is at most the product of the clients' operation
 * counts times the number of states.
 */
export function checkSequential<State, Input, Output>(
  model: Model<State, Input, Output>,
  history: History<Input, Output>,
  options: SequentialOptions = {},
): SequentialResult<Input, Output> {
  validateHistory(history);
  const lanes = lanesOf(model, history);
  const search = new SequentialSearch(model, lanes, options);
  const found = search.run();
  if (found !== 'linearizable') {
    return {
      verdict: found === 'unknown' ? 'unknown' : 'not-sequential',
      order: undefined,
    };
  }
  return { verdict: 'sequential', order: search.order };
}

/** The operations of each client in their order, without those that say nothing. */
function lanesOf<State, Input, Output>(
  model: Model<State, Input, Output>,
  history: History<Input, Output>,
): Keyed<Input, Output>[][] {
  const lanes = new Map<string | number, Keyed<Input, Output>[]>();
  for (const operation of history.toSorted((left, right) => left.callTime - right.callTime)) {
    const { kind } = operation.outcome;
    if (kind === 'fail') continue;
    if (kind === 'info' && isRead(model, operation)) continue;
    const keyed = { ...operation, key: model.partition?.(operation) ?? '' };
    const lane = lanes.get(operation.process);
    if (lane === undefined) lanes.set(operation.process, [keyed]);
    else lane.push(keyed);
  }
  return [...lanes.values()];
}

/** The states of all parts of an object together. */
function productOf<State, Input, Output>(
  model: Model<State, Input, Output>,
): Model<ReadonlyMap<string, State>, KeyedInput<Input>, Output> {
  const equals = model.equals?.bind(model) ?? structuralEquals;
  const hash = model.hash?.bind(model) ?? structuralHash;
  return {
    name: model.name,
    init: () => new Map<string, State>(),
    step: (states, { key, input }, output) => {
      const state = stateOf(model, states, key);
      return model.step(state, input, output).map((next) => new Map([...states, [key, next]]));
    },
    equals: (left, right) =>
      [...left.keys(), ...right.keys()].every((key) =>
        equals(stateOf(model, left, key), stateOf(model, right, key)),
      ),
    hash: (states) => {
      const initial = hash(model.init());
      let sum = 0;
      for (const [key, state] of states) {
        // A part that is as at the start hashes like one that was never touched.
        const own = hash(state);
        if (own !== initial) sum = (sum + Math.imul(structuralHash(key), own | 1)) | 0;
      }
      return sum;
    },
  };
}

function stateOf<State, Input, Output>(
  model: Model<State, Input, Output>,
  states: ReadonlyMap<string, State>,
  key: string,
): State {
  for (const [known, state] of states) if (known === key) return state;
  return model.init();
}

class SequentialSearch<State, Input, Output> {
  readonly #lanes: readonly (readonly Keyed<Input, Output>[])[];
  readonly #states: StateTable<ReadonlyMap<string, State>, KeyedInput<Input>, Output>;
  readonly #configurations: Configurations;
  readonly #positions: Int32Array;
  readonly #questionsBefore: readonly number[];
  readonly #chosen: { readonly lane: number; readonly stateBefore: number }[] = [];
  #state: number;
  #stepsLeft: number;

  constructor(
    model: Model<State, Input, Output>,
    lanes: readonly (readonly Keyed<Input, Output>[])[],
    options: SequentialOptions,
  ) {
    this.#lanes = lanes;
    const questions = lanes
      .flat()
      .map(({ key, input, outcome }): Question<KeyedInput<Input>, Output> => ({
        input: { key, input },
        output: outcome.kind === 'ok' ? outcome.output : UNKNOWN,
      }));
    let asked = 0;
    this.#questionsBefore = lanes.map((lane) => (asked += lane.length) - lane.length);
    const budget = { bytesLeft: options.maxMemoryBytes ?? 2 ** 30 };
    this.#states = new StateTable(productOf(model), questions, budget);
    this.#configurations = new Configurations(budget);
    this.#positions = new Int32Array(lanes.length);
    this.#state = this.#states.initial();
    this.#stepsLeft = options.maxSteps ?? Number.MAX_SAFE_INTEGER;
  }

  /** The order found. */
  get order(): History<Input, Output> {
    const at = this.#lanes.map(() => 0);
    return this.#chosen.flatMap(({ lane }) => {
      const place = at[lane] ?? 0;
      at[lane] = place + 1;
      return this.#lanes[lane]?.slice(place, place + 1) ?? [];
    });
  }

  run(): Verdict {
    let lane = 0;
    while (!this.#isDone()) {
      if (this.#stepsLeft <= 0) return 'unknown';
      this.#stepsLeft -= 1;
      if (lane === this.#lanes.length) {
        const undone = this.#undo();
        if (undone === undefined) return 'not-linearizable';
        lane = undone + 1;
        continue;
      }
      const tried = this.#advance(lane);
      if (tried === 'full') return 'unknown';
      lane = tried === 'advanced' ? 0 : lane + 1;
    }
    return 'linearizable';
  }

  /** A last operation of unknown outcome may never have happened. */
  #isDone(): boolean {
    return this.#lanes.every((lane, index) => {
      const next = lane[this.#positions[index] ?? 0];
      return next === undefined || next.outcome.kind === 'info';
    });
  }

  #advance(lane: number): 'advanced' | 'refused' | 'full' {
    const place = this.#positions[lane] ?? 0;
    if (place >= (this.#lanes[lane]?.length ?? 0)) return 'refused';
    const next = this.#states.next(this.#state, (this.#questionsBefore[lane] ?? 0) + place);
    if (next === IMPOSSIBLE) return 'refused';
    this.#chosen.push({ lane, stateBefore: this.#state });
    this.#positions[lane] = place + 1;
    this.#state = next;
    const added = this.#configurations.add(
      structuralHash(this.#positions.join()),
      next,
      this.#positions,
      0,
      this.#positions.length - 1,
    );
    if (added === 'new') return 'advanced';
    this.#undo();
    return added === 'full' ? 'full' : 'refused';
  }

  #undo(): number | undefined {
    const last = this.#chosen.pop();
    if (last === undefined) return undefined;
    this.#positions[last.lane] = (this.#positions[last.lane] ?? 0) - 1;
    this.#state = last.stateBefore;
    return last.lane;
  }
}
