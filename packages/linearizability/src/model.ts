import type { Operation } from './history.ts';

/** The output of an operation whose outcome nobody learnt: it may have happened, or may still. */
export const UNKNOWN: unique symbol = Symbol('unknown output');

/** The type of `UNKNOWN`. */
export type Unknown = typeof UNKNOWN;

/**
 * A sequential object: what one client alone would see. A concurrent history is linearizable if
 * some order of its operations, each at an instant between its call and its return, is a run of
 * this object.
 *
 * States are values: `step` never changes the state it is given.
 */
export interface Model<State, Input, Output> {
  /** For reports: 'register', 'key-value', … */
  readonly name: string;

  /** The state before the first operation. */
  init(): State;

  /**
   * The states that `input` can lead to from `state` while answering `output`.
   *
   * @param output - What the client saw, or `UNKNOWN` when the client never learnt: then the states
   *   of every possible answer.
   * @returns No state if the object could not have answered so; one for a deterministic object;
   *   several where the object may choose. Depends on nothing but the arguments.
   */
  step(state: State, input: Input, output: Output | Unknown): readonly State[];

  /** Whether two states are the same. Default: structural equality. */
  equals?(left: State, right: State): boolean;

  /** Equal states have equal hashes. Any 32-bit integer. Default: a structural hash. */
  hash?(state: State): number;

  /**
   * What `state` takes in memory beyond what it shares with the state from which `step` made it, in
   * bytes: at least 0, and rather too much, because `maxMemoryBytes` goes by it. Default: an
   * estimate of all that is in it, as if nothing were shared.
   */
  sizeBytes?(state: State): number;

  /**
   * The part of the object that `operation` touches, if parts are independent (a key): Herlihy and
   * Wing's locality then lets each part be checked alone, which is far cheaper.
   */
  partition?(operation: Operation<Input, Output>): string;

  /**
   * Whether `input`, answered so, leaves every state as it is: a read, or a compare-and-set that
   * failed. Without it the verdicts are the same, and take longer.
   */
  isRead?(input: Input, output: Output | Unknown): boolean;

  /**
   * Whether the read `input` may still be answered `output` once some of `changes`, in some order,
   * have happened to `state`. Asked of the next read to return, it lets the search give up at once
   * a state that this read will refute. `true` is always right, and takes longer; `false` where
   * there is a way makes verdicts wrong.
   *
   * @param changes - The inputs of all operations that may come before the read, no reads.
   */
  mayStillAnswer?(state: State, input: Input, output: Output, changes: readonly Input[]): boolean;

  /** For reports: `put(x, 1) → ok`. */
  describeOperation?(input: Input, output: Output | Unknown): string;

  /** For reports. */
  describeState?(state: State): string;
}
