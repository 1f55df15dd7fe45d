/*
 * Tells a number seen before from a new one, in bounded memory, when numbers rise but may arrive
 * late, twice, or never.
 *
 * A set of all numbers seen would grow for ever, and a set of the last thousand would take a very
 * late copy for a new message. So, as IPsec does: one bit for each of the last W numbers up to the
 * highest seen, and everything below the window counts as seen. That errs in one direction only. A
 * message that overtakes W others makes them unwelcome, which looks like loss, and loss is
 * something that the caller of a network can deal with; a message taken twice is not.
 *
 *     below the window        the window, W bits           above
 *     ... refused ...  | 1 1 0 1 1 1 0 1 ... 1 1 | accepted, moves the window
 *                        ^ highest - W + 1     ^ highest
 *
 * Source: RFC 4303 §3.4.3 (anti-replay window); RFC 6479 (a ring of bits instead of a shift).
 */

/** Remembers which of the latest numbers were seen. */
export class ReplayWindow {
  readonly #bits: Int32Array;
  readonly #mask: number;
  #highest = -1;

  /**
   * @param size - How many of the latest numbers are told apart. A power of two, at least 32.
   * @throws RangeError if `size` is none.
   */
  constructor(size: number) {
    if (!Number.isSafeInteger(size) || size < 32 || size > 2 ** 30 || (size & (size - 1)) !== 0) {
      throw new RangeError(`size: expected a power of two in 32..2^30, got ${size}`);
    }
    this.#bits = new Int32Array(size / 32);
    this.#mask = size - 1;
  }

  /** Whether `number` (a safe integer, at least 0) is certainly new. Afterwards it is not. */
  accept(number: number): boolean {
    if (number > this.#highest) {
      this.#advance(number);
    } else if (number <= this.#highest - this.#mask - 1) {
      return false;
    }
    const index = number & this.#mask;
    const word = this.#bits[index >>> 5] ?? 0;
    const bit = 1 << (index & 31);
    if ((word & bit) !== 0) return false;
    this.#bits[index >>> 5] = word | bit;
    return true;
  }

  /** Clears the bits of the numbers that the window newly covers. */
  #advance(highest: number): void {
    const coveredCount = highest - this.#highest;
    if (coveredCount > this.#mask) {
      this.#bits.fill(0);
    } else {
      for (let number = this.#highest + 1; number <= highest; number += 1) {
        const index = number & this.#mask;
        this.#bits[index >>> 5] = (this.#bits[index >>> 5] ?? 0) & ~(1 << (index & 31));
      }
    }
    this.#highest = highest;
  }
}
