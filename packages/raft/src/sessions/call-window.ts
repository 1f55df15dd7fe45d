import { invariant } from '../invariant.ts';

/**
 * The numbers of one session's calls: which comes next, and up to where all are settled.
 *
 * The session keeps a response until the client acknowledges it, and acknowledgements are
 * cumulative: one call that waits long holds the responses of all later ones back. So the window
 * is measured from the oldest call that is not settled, and the session never has to keep more
 * responses than it is wide.
 */
export class CallWindow {
  readonly #width: number;
  readonly #outstanding = new Set<number>();
  #next = 1;
  #oldest = 1;

  /** @param width - How many calls may follow the oldest that is not settled, it included. */
  constructor(width: number) {
    this.#width = width;
  }

  /** Every call up to here is settled: none of them is asked for again. */
  get acknowledgedThrough(): number {
    return this.#oldest - 1;
  }

  /** Whether the next call has to wait until the oldest is settled. */
  get isFull(): boolean {
    return this.#next - this.#oldest >= this.#width;
  }

  /** The number of a new call. */
  issue(): number {
    invariant(!this.isFull, 'a call is numbered when there is room for it');
    const sequence = this.#next;
    this.#next += 1;
    this.#outstanding.add(sequence);
    return sequence;
  }

  /** The call will not be asked for again. */
  settle(sequence: number): void {
    this.#outstanding.delete(sequence);
    while (this.#oldest < this.#next && !this.#outstanding.has(this.#oldest)) this.#oldest += 1;
  }
}
