/**
 * One way to count, as all five have it: arithmetic over the few numbers that a key's state is.
 *
 * The numbers lie in a `Float64Array` that may hold the states of many keys, `width` of them from
 * `at` on, so that a million keys are a few large arrays and not a million objects. All of them are
 * safe integers. A state of zeros is a rested key: one that never came, or came long ago.
 *
 * Time is counted in whole microseconds: 2^53 of them are 285 years, and every instant and every
 * wait is exact. Where a time is no whole number of them (a third of a second), the state holds the
 * rest of the division too, so that nothing drifts however long it runs.
 *
 * A clock may step back. By no more than `horizonUs` it is taken to stand still: nothing is minted
 * when it comes forward again. A larger step is another clock, for instance that of another machine
 * after a failover: `advance` then moves the state to it, at least as used up as it was, and each
 * such step admits at most one more `capacity`. No key ever waits longer than twice `horizonUs`.
 *
 * Only a charge changes a state, and what takes it back. If a look ended a window or filled a
 * bucket, a clock that then steps back would find room that was taken, and stores would have to
 * write for requests that they refuse.
 *
 * Callers call `advance` first, and all else at the same instant.
 */
export interface RateAlgorithm {
  /** Numbers in the state of a key. */
  readonly width: number;
  /** The most that is ever admitted at one instant. */
  readonly capacity: number;
  /** After how long without requests every key has rested. */
  readonly horizonUs: number;
  /** Prepares a state of zeros for `key`, in a place of `width` numbers or more. */
  begin(cells: Float64Array, at: number, key: string, width: number): void;
  /** Moves a state that another clock wrote to `nowUs`, and leaves every other as it is. */
  advance(cells: Float64Array, at: number, nowUs: number): void;
  /**
   * How long to wait until `need` is admitted if nobody else comes: 0 if it is now, Infinity if it
   * never is. Sufficient and, to the microsecond, tight. Changes nothing.
   *
   * @param need - At least 1.
   */
  waitUs(cells: Float64Array, at: number, nowUs: number, need: number): number;
  /** Charges `cost`, which `waitUs` has admitted. */
  charge(cells: Float64Array, at: number, nowUs: number, cost: number): void;
  /**
   * A whole decision: `advance`, then `waitUs`, which is returned, then `charge` if it is 0. What
   * a store asks most, so that it has to find out once how a policy counts, and not thrice.
   *
   * @param need - At least 0; at least `cost`.
   */
  take(cells: Float64Array, at: number, nowUs: number, need: number, cost: number): number;
  /** What would be admitted at once. */
  remaining(cells: Float64Array, at: number, nowUs: number): number;
  /** From when on the key has rested if nobody comes; at most `nowUs` if it has. */
  restedAtUs(cells: Float64Array, at: number): number;
  /** The instant that a charge just made is counted under, as `refund` wants it. */
  chargedAtUs(cells: Float64Array, at: number, nowUs: number): number;
  /** Takes back what is left of a charge of `cost`: what time has given back meanwhile is not. */
  refund(cells: Float64Array, at: number, nowUs: number, cost: number, chargedAtUs: number): void;
  /** Moves a state to a clock that shows `byUs` more, at least as used up as it was. */
  shift(cells: Float64Array, at: number, byUs: number): void;
  /** Whether these numbers can be a state. For what comes from outside. */
  isState(cells: Float64Array, at: number): boolean;
}
