/*
 * The search meets the same few states again and again, and asks the same questions of them. So
 * each distinct state gets a small integer once, and what a state answers to an operation is
 * remembered: after that, a step of the search is one look-up in a typed array, whatever the model
 * costs.
 *
 * An object that may choose is in one of several states: the table numbers sets of states (the
 * power-set construction), and a deterministic object is the case of sets with one member.
 */

import { Interner } from './interner.ts';
import type { Model, Unknown } from './model.ts';

/** The object cannot have answered so. */
export const IMPOSSIBLE = -1;

/** The call as a model is asked: what, and what came back. */
export interface Question<Input, Output> {
  readonly input: Input;
  readonly output: Output | Unknown;
}

const NOT_ASKED = -2;

/**
 * Answers are remembered for as many sets as fit into this many 32-bit integers: an object of few
 * states is asked the same again and again; one of many is rarely asked anything twice.
 */
const ANSWERS_MAX = 1 << 19;

/** The distinct (sets of) states of one partition, and where each operation leads from them. */
export class StateTable<State, Input, Output> {
  readonly #model: Model<State, Input, Output>;
  readonly #questions: readonly Question<Input, Output>[];

  readonly #states: Interner<State>;
  /** Each set as the sorted numbers of its members. */
  readonly #sets = new Interner<readonly number[]>();
  /** For each state, the number of the set that holds just it; -1 if it is not known yet. */
  readonly #singletons: number[] = [];
  /** For each set and question, the answer or `NOT_ASKED`: one row of questions per set. */
  #answers: Int32Array;

  constructor(model: Model<State, Input, Output>, questions: readonly Question<Input, Output>[]) {
    this.#model = model;
    this.#questions = questions;
    this.#states = new Interner({
      equals: model.equals?.bind(model),
      hash: model.hash?.bind(model),
    });
    this.#answers = new Int32Array(questions.length * 64).fill(NOT_ASKED);
  }

  /** How many distinct sets of states were met. */
  get size(): number {
    return this.#sets.size;
  }

  /** The number of the set that holds just the initial state. */
  initial(): number {
    return this.#singleton(this.#states.numberOf(this.#model.init()));
  }

  /**
   * Where question `asked` leads from set `set`.
   *
   * @returns The number of the next set, or `IMPOSSIBLE`.
   */
  next(set: number, asked: number): number {
    const place = set * this.#questions.length + asked;
    const known = this.#answers[place];
    if (known !== undefined && known !== NOT_ASKED) return known;
    const found = this.#ask(set, asked);
    if (place < ANSWERS_MAX) this.#remember(place, found);
    return found;
  }

  /** Whether the object is in a known state: the set has one member. */
  isCertain(set: number): boolean {
    return this.#sets.at(set)?.value.length === 1;
  }

  /** The members of a set, for reports. */
  statesOf(set: number): readonly State[] {
    const members = this.#sets.at(set)?.value ?? [];
    return members.flatMap((member) => {
      const state = this.#states.at(member);
      return state === undefined ? [] : [state.value];
    });
  }

  #ask(set: number, asked: number): number {
    const question = this.#questions[asked];
    const members = this.#sets.at(set)?.value;
    if (question === undefined || members === undefined) return IMPOSSIBLE;
    let first = IMPOSSIBLE;
    let others: Set<number> | undefined;
    for (const member of members) {
      const state = this.#states.at(member);
      if (state === undefined) continue;
      for (const next of this.#model.step(state.value, question.input, question.output)) {
        const reached = this.#states.numberOf(next);
        if (first === IMPOSSIBLE) first = reached;
        else if (first !== reached) (others ??= new Set([first])).add(reached);
      }
    }
    if (first === IMPOSSIBLE) return IMPOSSIBLE;
    if (others === undefined) return this.#singleton(first);
    return this.#sets.numberOf([...others].sort((left, right) => left - right));
  }

  /** The common case, without a look-up by content. */
  #singleton(state: number): number {
    while (this.#singletons.length <= state) this.#singletons.push(-1);
    const known = this.#singletons[state] ?? -1;
    if (known !== -1) return known;
    const set = this.#sets.numberOf([state]);
    this.#singletons[state] = set;
    return set;
  }

  #remember(place: number, answer: number): void {
    if (place >= this.#answers.length) {
      const larger = new Int32Array(Math.max(place + 1, this.#answers.length * 2));
      larger.set(this.#answers);
      larger.fill(NOT_ASKED, this.#answers.length);
      this.#answers = larger;
    }
    this.#answers[place] = answer;
  }
}
