/*
 * The search meets the same few states again and again, and asks the same questions of them. So
 * each distinct state gets a small integer once, and what a state answers to an operation is
 * remembered: after that, a step of the search is one look-up in a typed array, whatever the model
 * costs.
 *
 * An object that may choose is in one of several states (the power-set construction): sets of
 * states have numbers too. A set of one state has that state's number, from 0 on, which is all that
 * a deterministic object needs; sets of several states are numbered downwards.
 */

import type { MemoryBudget } from './configurations.ts';
import { Interner } from './interner.ts';
import { type Model, UNKNOWN, type Unknown } from './model.ts';
import { structuralSizeBytes } from './structural.ts';

/** The object cannot have answered so. */
export const IMPOSSIBLE = -1;

/** The call as a model is asked: what, and what came back. */
export interface Question<Input, Output> {
  readonly input: Input;
  readonly output: Output | Unknown;
}

const NOT_ASKED = -2;

/** The number of the first set of several states. */
const FIRST_SEVERAL = -3;

/** What a state costs besides its content: its number, its hash, its place in two tables. */
const STATE_BYTES = 128;

/** The distinct (sets of) states of one partition, and where each operation leads from them. */
export class StateTable<State, Input, Output> {
  readonly #model: Model<State, Input, Output>;
  readonly #questions: readonly Question<Input, Output>[];
  readonly #budget: MemoryBudget;
  readonly #states: Interner<State>;
  /** Each set of several states as the sorted numbers of its members. */
  readonly #severals = new Interner<readonly number[]>();
  readonly #answers: Answers;
  readonly #answersOfSeveral: Answers;

  constructor(
    model: Model<State, Input, Output>,
    questions: readonly Question<Input, Output>[],
    budget: MemoryBudget,
  ) {
    this.#model = model;
    this.#questions = questions;
    this.#budget = budget;
    this.#states = new Interner({
      equals: model.equals?.bind(model),
      hash: model.hash?.bind(model),
    });
    this.#answers = new Answers(questions.length, budget);
    this.#answersOfSeveral = new Answers(questions.length, budget);
  }

  /** How many distinct sets of states were met. */
  get size(): number {
    return this.#states.size + this.#severals.size;
  }

  /** The number of the set that holds just the initial state. */
  initial(): number {
    return this.#numberOf(this.#model.init());
  }

  /**
   * Where question `asked` leads from set `set`.
   *
   * @returns The number of the next set, or `IMPOSSIBLE`.
   */
  next(set: number, asked: number): number {
    const isOne = set >= 0;
    const answers = isOne ? this.#answers : this.#answersOfSeveral;
    const row = isOne ? set : FIRST_SEVERAL - set;
    const known = answers.get(row, asked);
    if (known !== NOT_ASKED) return known;
    const found = this.#ask(set, asked);
    answers.set(row, asked, found);
    return found;
  }

  /** Whether the object is in a known state: the set has one member. */
  isCertain(set: number): boolean {
    return set >= 0;
  }

  /** The members of a set, for reports. */
  statesOf(set: number): readonly State[] {
    return this.#membersOf(set).flatMap((member) => {
      const state = this.#states.at(member);
      return state === undefined ? [] : [state.value];
    });
  }

  /** Whether some of `changes` may lead from `set` to a state in which read `asked` is possible. */
  mayStillAnswer(set: number, asked: number, changes: readonly Input[]): boolean {
    const model = this.#model;
    const question = this.#questions[asked];
    if (model.mayStillAnswer === undefined || question === undefined) return true;
    const { input, output } = question;
    if (output === UNKNOWN) return true;
    for (const member of this.#membersOf(set)) {
      const state = this.#states.at(member);
      if (state === undefined || model.mayStillAnswer(state.value, input, output, changes)) {
        return true;
      }
    }
    return false;
  }

  #membersOf(set: number): readonly number[] {
    return set >= 0 ? [set] : (this.#severals.at(FIRST_SEVERAL - set)?.value ?? []);
  }

  #ask(set: number, asked: number): number {
    const question = this.#questions[asked];
    if (question === undefined) return IMPOSSIBLE;
    let first = IMPOSSIBLE;
    let others: Set<number> | undefined;
    for (const member of this.#membersOf(set)) {
      const state = this.#states.at(member);
      if (state === undefined) continue;
      for (const next of this.#model.step(state.value, question.input, question.output)) {
        const reached = Object.is(next, state.value) ? member : this.#numberOf(next);
        if (first === IMPOSSIBLE) first = reached;
        else if (first !== reached) (others ??= new Set([first])).add(reached);
      }
    }
    return others === undefined ? first : this.#numberOfSeveral(others);
  }

  #numberOf(state: State): number {
    const countBefore = this.#states.size;
    const number = this.#states.numberOf(state);
    if (this.#states.size > countBefore) {
      this.#budget.bytesLeft -= STATE_BYTES + this.#sizeOf(state);
    }
    return number;
  }

  #sizeOf(state: State): number {
    const sizeBytes = this.#model.sizeBytes?.(state) ?? structuralSizeBytes(state);
    if (sizeBytes >= 0) return sizeBytes;
    throw new RangeError(`sizeBytes: expected at least 0, got ${sizeBytes}`);
  }

  #numberOfSeveral(members: Set<number>): number {
    const countBefore = this.#severals.size;
    const number = this.#severals.numberOf([...members].sort((left, right) => left - right));
    if (this.#severals.size > countBefore) {
      this.#budget.bytesLeft -= STATE_BYTES + 8 * members.size;
    }
    return FIRST_SEVERAL - number;
  }
}

/** Answers that are remembered at most. */
const ANSWERS_MAX = 1 << 19;

const NO_ANSWERS = new Int32Array(0);

/** The table grows as long as at least one in so many of its places is in use. */
const SPARSITY_MAX = 16;

/** As if so many places were in use besides: small tables are cheap. */
const FREE_PLACES = 16;

/** Rows that may be empty: the first states say nothing yet about how many there will be. */
const FREE_ROWS = 4;

/**
 * For each set and question, the answer or `NOT_ASKED`: one row of questions per set. An object of
 * few states is asked the same again and again; one of many is rarely asked anything twice, and its
 * rows would be long and empty: those are not kept.
 */
class Answers {
  readonly #questionCount: number;
  readonly #budget: MemoryBudget;
  #answers = NO_ANSWERS;
  #usedCount = 0;

  constructor(questionCount: number, budget: MemoryBudget) {
    this.#questionCount = questionCount;
    this.#budget = budget;
  }

  get(row: number, asked: number): number {
    return this.#answers[row * this.#questionCount + asked] ?? NOT_ASKED;
  }

  set(row: number, asked: number, answer: number): void {
    const place = row * this.#questionCount + asked;
    if (place >= this.#answers.length && !this.#grow(place)) return;
    this.#answers[place] = answer;
    this.#usedCount += 1;
  }

  #grow(place: number): boolean {
    const usedMin = this.#usedCount + FREE_PLACES;
    const isSparse = place >= SPARSITY_MAX * usedMin + FREE_ROWS * this.#questionCount;
    if (isSparse || place >= ANSWERS_MAX) return false;
    const wanted = Math.max(place + 1, this.#answers.length * 2, this.#questionCount * 4);
    const size = Math.min(ANSWERS_MAX, wanted);
    const larger = new Int32Array(size).fill(NOT_ASKED);
    larger.set(this.#answers);
    this.#budget.bytesLeft -= 4 * (size - this.#answers.length);
    this.#answers = larger;
    return true;
  }
}
