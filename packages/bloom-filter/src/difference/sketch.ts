/**
 * A set as a sequence of coded symbols without end, of which any two nodes need about as many as
 * their sets differ in elements, however large the sets are.
 *
 * The problem. Two nodes hold a million ids each and differ in ten. Sending all ids costs
 * megabytes; sending a filter costs a megabyte, and misses what it takes for known.
 *
 * The idea. A symbol is the sum, by exclusive or, of the hashes of some elements, with their count
 * and the sum of a check of each. The symbols of the set that both differ by are then those of one
 * set minus those of the other: what both hold cancels, unseen. A symbol that is left with one
 * element shows it; taken out of all its other symbols it makes more of them show theirs, until the
 * first symbol, which holds every element, is empty.
 *
 * ```text
 *   mine      a⊕b⊕c   a⊕c   b         theirs   a⊕b⊕d   a⊕d   b
 *   minus                             =        c⊕d     c⊕d   0      …and a symbol with c alone
 * ```
 *
 * An invertible Bloom lookup table does that with a length that must be chosen before anybody knows
 * how large the difference is. Here the sequence goes on for as long as it is asked to, and symbols
 * that came too few are not wasted.
 *
 * Sources: Eppstein, Goodrich, Uyeda and Varghese, "What's the Difference? Efficient Set
 * Reconciliation without Prior Context", SIGCOMM 2011; Yang, Gilad and Alizadeh, "Practical
 * Rateless Set Reconciliation", SIGCOMM 2024.
 */
import { beginWalk, WALK_WORDS, walkOn } from './symbol-walk.ts';

/** Words of a symbol: the sum's low and high half, the sum of checks, the count. */
export const SYMBOL_WORDS = 4;

/** A set to be compared with others of whose elements the hashes come from the same seed. */
export class Sketch {
  readonly #hashes: Uint32Array;
  readonly #walks: Uint32Array;
  #symbols = new Int32Array(0);
  #symbolCount = 0;

  /**
   * @param hashes - 64 bits of each element, low half first. Used as it is, not copied.
   * @throws RangeError if a half is missing.
   */
  constructor(hashes: Uint32Array) {
    if (hashes.length % 2 !== 0) {
      throw new RangeError(`hashes: expected two halves each, got ${hashes.length} halves`);
    }
    this.#hashes = hashes;
    this.#walks = new Uint32Array((hashes.length / 2) * WALK_WORDS);
    for (let item = 0; item < hashes.length / 2; item += 1) {
      beginWalk(this.#walks, item * WALK_WORDS, this.#low(item), this.#high(item));
    }
  }

  /** Elements in it. */
  get elementCount(): number {
    return this.#hashes.length / 2;
  }

  /** Symbols made so far. */
  get symbolCount(): number {
    return this.#symbolCount;
  }

  /**
   * The symbols from `start` to before `end`, `SYMBOL_WORDS` words each, made if they were not yet.
   *
   * @remarks
   * What is new costs O(elements), and O(1) for each symbol that an element is part of: about
   * 2 ln(end / start) of them.
   *
   * @returns A view that holds until the next call.
   */
  symbols(start: number, end: number): Int32Array {
    if (end > this.#symbolCount) this.#extend(end);
    return this.#symbols.subarray(start * SYMBOL_WORDS, end * SYMBOL_WORDS);
  }

  #extend(symbolCount: number): void {
    const longer = new Int32Array(symbolCount * SYMBOL_WORDS);
    longer.set(this.#symbols);
    this.#symbols = longer;
    this.#symbolCount = symbolCount;
    for (let item = 0; item < this.elementCount; item += 1) {
      const low = this.#low(item);
      const high = this.#high(item);
      addAlongWalk(longer, this.#walks, item * WALK_WORDS, low, high, 1);
    }
  }

  #low(item: number): number {
    return this.#hashes[2 * item] ?? 0;
  }

  #high(item: number): number {
    return this.#hashes[2 * item + 1] ?? 0;
  }
}

/** Adds an element, or with a `count` of -1 takes it away, from where its walk is to the end. */
export function addAlongWalk(
  symbols: Int32Array,
  walks: Uint32Array,
  walkAt: number,
  low: number,
  high: number,
  count: number,
): void {
  const check = checkOf(low, high);
  const symbolCount = symbols.length / SYMBOL_WORDS;
  let index = walks[walkAt + 2] ?? 0;
  while (index < symbolCount) {
    const at = index * SYMBOL_WORDS;
    symbols[at] = (symbols[at] ?? 0) ^ low;
    symbols[at + 1] = (symbols[at + 1] ?? 0) ^ high;
    symbols[at + 2] = (symbols[at + 2] ?? 0) ^ check;
    symbols[at + 3] = (symbols[at + 3] ?? 0) + count;
    walkOn(walks, walkAt);
    index = walks[walkAt + 2] ?? 0;
  }
}

/** 32 bits that tell a hash from a sum of others, by a mix that no exclusive or passes through. */
export function checkOf(low: number, high: number): number {
  let mixed = Math.imul(low, 0xcc9e2d51) ^ Math.imul((high << 15) | (high >>> 17), 0x1b873593);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13) ^ high, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) | 0;
}
