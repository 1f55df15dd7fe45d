/*
 * Decides many small histories on behalf of one that is too large to be shown, within bounds on
 * each and on all together. What is not decided within them is a doubt, and doubts are counted, so
 * that nobody claims more than was found out.
 */

import type { MemoryBudget } from './configurations.ts';
import type { History } from './history.ts';
import type { Model } from './model.ts';
import { partitionsOf } from './partition.ts';
import { Search, type Verdict } from './search.ts';

/** Steps that one trial may take, whatever its size. */
const TRIAL_STEPS_MAX = 200_000;

/** Steps that one trial may take for each of its operations. */
const TRIAL_STEPS_PER_OPERATION = 20;

/** Steps and operations looked at in all trials: some seconds. */
const WORK_MAX = 20_000_000;

const TRIAL_MEMORY_BYTES = 64 * 1024 * 1024;

/** What a trial found out. */
type Finding = 'legal' | 'illegal' | 'undecided';

/** A result for which work is done in slices: it pauses in between. */
export type Sliced<Result> = Generator<undefined, Result, undefined>;

/** Trials of histories of one partition, none of whose operations certainly failed. */
export class Trials<State, Input, Output> {
  readonly #model: Model<State, Input, Output>;
  readonly #sliceSteps: number;
  #sliceLeft: number;
  #workLeft = WORK_MAX;
  #doubtCount = 0;

  /** @param sliceSteps - Steps and operations looked at between two pauses. Default: no pause. */
  constructor(model: Model<State, Input, Output>, sliceSteps: number = Number.POSITIVE_INFINITY) {
    this.#model = model;
    this.#sliceSteps = sliceSteps;
    this.#sliceLeft = sliceSteps;
  }

  /** Spends all that is left: whatever is asked from now on is a doubt. */
  stop(): void {
    this.#workLeft = 0;
  }

  /** How many trials were left undecided. */
  get doubtCount(): number {
    return this.#doubtCount;
  }

  /** Whether there is nothing left to spend. */
  get isSpent(): boolean {
    return this.#workLeft <= 0;
  }

  /** Whether `history` is linearizable. */
  *judge(history: History<Input, Output>): Sliced<Finding> {
    return (yield* this.#try(history)).finding;
  }

  /** `history` in an order that the object could have run, if it was found. */
  *orderOf(history: History<Input, Output>): Sliced<History<Input, Output> | undefined> {
    const { finding, order } = yield* this.#try(history);
    return finding === 'legal' ? order : undefined;
  }

  *#try(
    history: History<Input, Output>,
  ): Sliced<{ finding: Finding; order: History<Input, Output> }> {
    const budget: MemoryBudget = { bytesLeft: TRIAL_MEMORY_BYTES };
    const order: History<Input, Output>[number][] = [];
    yield* this.#spend(history.length);
    let finding: Finding = 'legal';
    for (const partition of this.isSpent ? [] : partitionsOf(this.#model, history)) {
      const search = new Search(this.#model, partition, budget);
      const verdict = yield* this.#run(search, history.length);
      if (verdict === 'not-linearizable') return { finding: 'illegal', order };
      if (verdict !== 'linearizable') finding = 'undecided';
      for (const index of search.order) {
        const operation = partition.operations[index];
        if (operation !== undefined) order.push(operation);
      }
    }
    if (this.isSpent) finding = 'undecided';
    if (finding === 'undecided') this.#doubtCount += 1;
    return { finding, order };
  }

  /** Searches as long as one trial of so many operations may. */
  *#run(search: Search<State, Input, Output>, operationCount: number): Sliced<Verdict | undefined> {
    const stepsMax = TRIAL_STEPS_MAX + TRIAL_STEPS_PER_OPERATION * operationCount;
    for (;;) {
      const stepsBefore = search.steps;
      const stepCount = Math.min(this.#workLeft, stepsMax - stepsBefore, this.#sliceLeft);
      const verdict = search.run(Math.max(0, stepCount));
      yield* this.#spend(search.steps - stepsBefore);
      if (verdict !== undefined) return verdict;
      if (this.isSpent || search.steps >= stepsMax) return undefined;
    }
  }

  *#spend(work: number): Sliced<void> {
    this.#workLeft -= work;
    this.#sliceLeft -= work;
    if (this.#sliceLeft > 0) return;
    this.#sliceLeft = this.#sliceSteps;
    yield;
  }
}

/** Does all slices in one go. */
export function inOneGo<Result>(sliced: Sliced<Result>): Result {
  for (;;) {
    const next = sliced.next();
    if (next.done === true) return next.value;
  }
}
