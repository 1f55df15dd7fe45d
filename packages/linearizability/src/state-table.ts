/*
 * The search meets the same few states again and again, and asks the same questions of them. So
 * each distinct state gets a small integer once, and what a state answers to an operation is
 * remembered: after that, a step of the search is one look-up in a typed array, whatever the model
 * costs.
 *
 * An object that may choose is in one of several states: the table numbers sets of states (the
 * power-set construction), and a deterministic object is the case of sets with one member.
 */

import type { Model, Unknown } from './model.ts';
import { mix, structuralEquals, structuralHash } from './structural.ts';

/** The object cannot have answered so. */
export const IMPOSSIBLE = -1;

/** The call as a model is asked: what, and what came back. */
export interface Question<Input, Output> {
  readonly input: Input;
  readonly output: Output | Unknown;
}

const NOT_ASKED = -2;

/** Answers are cached while all of them together take at most this many 32-bit integers. */
const CACHED_ANSWERS_MAX = 1 << 24;

/** The distinct (sets of) states of one partition, and where each operation leads from them. */
export class StateTable<State, Input, Output> {
  readonly #model: Model<State, Input, Output>;
  readonly #questions: readonly Question<Input, Output>[];
  readonly #equals: (left: State, right: State) => boolean;
  readonly #hash: (state: State) => number;

  readonly #states: State[] = [];
  readonly #statesByHash = new Map<number, number[]>();
  /** Sets of more than one state; a set of one state has the number of that state's entry. */
  readonly #sets: (readonly number[])[] = [];
  readonly #setsByHash = new Map<number, number[]>();
  /** For each set, the answer to each question, or `NOT_ASKED`. */
  readonly #answers: (Int32Array | undefined)[] = [];

  constructor(model: Model<State, Input, Output>, questions: readonly Question<Input, Output>[]) {
    this.#model = model;
    this.#questions = questions;
    this.#equals = model.equals?.bind(model) ?? structuralEquals;
    this.#hash = model.hash?.bind(model) ?? structuralHash;
  }

  /** How many distinct sets of states were met. */
  get size(): number {
    return this.#sets.length;
  }

  /** The number of the set that holds just the initial state. */
  initial(): number {
    return this.#numberOfSet([this.#numberOf(this.#model.init())]);
  }

  /**
   * Where question `asked` leads from set `set`.
   *
   * @returns The number of the next set, or `IMPOSSIBLE`.
   */
  next(set: number, asked: number): number {
    const known = this.#answers[set];
    const answer = known?.[asked] ?? NOT_ASKED;
    if (answer !== NOT_ASKED) return answer;
    const found = this.#ask(set, asked);
    if (known !== undefined) known[asked] = found;
    return found;
  }

  /** Whether the object is in a known state: the set has one member. */
  isCertain(set: number): boolean {
    return this.#sets[set]?.length === 1;
  }

  /** The members of a set, for reports. */
  statesOf(set: number): readonly State[] {
    return (this.#sets[set] ?? []).flatMap((state) => this.#states.slice(state, state + 1));
  }

  #ask(set: number, asked: number): number {
    const members = this.#sets[set];
    const question = this.#questions[asked];
    if (members === undefined || question === undefined) return IMPOSSIBLE;
    const reached = new Set<number>();
    for (const member of members) {
      for (const state of this.#statesOfMember(member)) {
        for (const next of this.#model.step(state, question.input, question.output)) {
          reached.add(this.#numberOf(next));
        }
      }
    }
    if (reached.size === 0) return IMPOSSIBLE;
    return this.#numberOfSet([...reached].sort((left, right) => left - right));
  }

  #statesOfMember(member: number): readonly State[] {
    return this.#states.slice(member, member + 1);
  }

  #numberOf(state: State): number {
    const hash = this.#hash(state) | 0;
    const candidates = this.#statesByHash.get(hash);
    for (const candidate of candidates ?? []) {
      for (const other of this.#statesOfMember(candidate)) {
        if (this.#equals(state, other)) return candidate;
      }
    }
    const number = this.#states.push(state) - 1;
    if (candidates === undefined) this.#statesByHash.set(hash, [number]);
    else candidates.push(number);
    return number;
  }

  #numberOfSet(members: readonly number[]): number {
    const hash = members.reduce(mix, 0);
    const candidates = this.#setsByHash.get(hash);
    for (const candidate of candidates ?? []) {
      if (structuralEquals(this.#sets[candidate], members)) return candidate;
    }
    const number = this.#sets.push(members) - 1;
    const isCached = this.#sets.length * this.#questions.length <= CACHED_ANSWERS_MAX;
    this.#answers.push(
      isCached ? new Int32Array(this.#questions.length).fill(NOT_ASKED) : undefined,
    );
    if (candidates === undefined) this.#setsByHash.set(hash, [number]);
    else candidates.push(number);
    return number;
  }
}
