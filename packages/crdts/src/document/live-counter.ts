import type { CounterState } from './counter-state.ts';

/** A counter of a document. */
export class LiveCounter {
  readonly #counter: CounterState;

  /** @param counter - What it shows. */
  constructor(counter: CounterState) {
    this.#counter = counter;
  }

  /** The sum of all that was added. */
  get value(): number {
    return this.#counter.value;
  }

  /**
   * Adds `amount`, which may be negative.
   *
   * @throws RangeError if it is not a safe integer.
   */
  add(amount: number): void {
    if (!Number.isSafeInteger(amount)) {
      throw new RangeError(`amount: expected a safe integer, got ${amount}`);
    }
    if (amount !== 0) this.#counter.host.edit(() => this.#counter.add(amount));
  }

  /** The sum. */
  toJSON(): number {
    return this.#counter.value;
  }
}
