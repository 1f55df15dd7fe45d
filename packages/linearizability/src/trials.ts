/*
 * Decides many small histories on behalf of one that is too large to be shown, within bounds on
 * each and on all together. What is not decided within them is a doubt, and doubts are counted, so
 * that nobody claims more than was found out.
 */

import type { MemoryBudget } from './configurations.ts';
import type { History } from './history.ts';
import type { Model } from './model.ts';
import { partitionsOf } from './partition.ts';
import { Search } from './search.ts';

/** Steps that one trial may take, whatever its size. */
const TRIAL_STEPS_MAX = 200_000;

/** Steps that one trial may take for each of its operations. */
const TRIAL_STEPS_PER_OPERATION = 20;

/** Steps and operations looked at in all trials: some seconds. */
const WORK_MAX = 20_000_000;

const TRIAL_MEMORY_BYTES = 64 * 1024 * 1024;

/** What a trial found out. */
type Finding = 'legal' | 'illegal' | 'undecided';

/** Trials of histories of one partition, none of whose operations certainly failed. */
export class Trials<State, Input, Output> {
  readonly #model: Model<State, Input, Output>;
  #workLeft = WORK_MAX;
  #doubtCount = 0;

  constructor(model: Model<State, Input, Output>) {
    this.#model = model;
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
  judge(history: History<Input, Output>): Finding {
    return this.#try(history).finding;
  }

  /** `history` in an order that the object could have run, if it was found. */
  orderOf(history: History<Input, Output>): History<Input, Output> | undefined {
    const { finding, order } = this.#try(history);
    return finding === 'legal' ? order : undefined;
  }

  #try(history: History<Input, Output>): { finding: Finding; order: History<Input, Output> } {
    const budget: MemoryBudget = { bytesLeft: TRIAL_MEMORY_BYTES };
    const order: History<Input, Output>[number][] = [];
    this.#workLeft -= history.length;
    let finding: Finding = 'legal';
    for (const partition of this.isSpent ? [] : partitionsOf(this.#model, history)) {
      const search = new Search(this.#model, partition, budget);
      const stepsMax = TRIAL_STEPS_MAX + TRIAL_STEPS_PER_OPERATION * history.length;
      const verdict = search.run(Math.max(0, Math.min(this.#workLeft, stepsMax)));
      this.#workLeft -= search.steps;
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
}
