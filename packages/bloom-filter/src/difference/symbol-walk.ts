/**
 * Which coded symbols an element is part of: a walk from one symbol to the next, drawn from the
 * element itself, so that two nodes draw the same one without a word.
 *
 * Symbol `i` holds an element with probability `1 / (1 + i / 2)`: the first holds all of them, and
 * they get fewer for ever. That is what makes a beginning of any length as good as a sketch made
 * for its length. Instead of tossing a coin at each symbol the walk draws where it goes on: from
 * symbol `i` it passes all up to `k` with probability (i + 1)(i + 2) / ((k + 1)(k + 2)), so with
 * `u` uniform in (0, 1] the next one is
 *
 * ```text
 *   ceil(√((i + 1)(i + 2) / u + 1/4) − 3/2)
 * ```
 *
 * The paper draws from an approximation, which is 4 % off at the second symbol. Division, square
 * root and rounding up are exact in IEEE 754, so every engine walks alike. The
 * draws are those of xoroshiro64* (Blackman and Vigna, "Scrambled linear pseudorandom number
 * generators", 2021), whose 64 bits of state are the element's hash: two elements share a walk only
 * if they share their hash.
 *
 * Source: Yang, Gilad and Alizadeh, "Practical Rateless Set Reconciliation", SIGCOMM 2024, section
 * 4.
 */

/** Symbols beyond it hold nothing. A sketch of that length would be of 68 GB. */
export const SYMBOL_INDEX_MAX = 0xffff_ffff;

/** Words of a walk in an array: the generator's two and the symbol it is at. */
export const WALK_WORDS = 3;

/** Begins at symbol 0 the walk of the element with the hash `high`, `low`. */
export function beginWalk(walks: Uint32Array, at: number, low: number, high: number): void {
  walks[at] = low;
  // The one state that the generator never leaves.
  walks[at + 1] = (low | high) === 0 ? 1 : high;
  walks[at + 2] = 0;
}

/** Takes the walk at `at` to its next symbol. O(1). */
export function walkOn(walks: Uint32Array, at: number): void {
  const first = walks[at] ?? 0;
  const second = (walks[at + 1] ?? 0) ^ first;
  walks[at] = ((first << 26) | (first >>> 6)) ^ second ^ (second << 9);
  walks[at + 1] = (second << 13) | (second >>> 19);
  const drawn = Math.imul(first, 0x9e3779bb) >>> 0;
  const index = walks[at + 2] ?? 0;
  // u = (drawn + 1) / 2^32
  const square = ((index + 1) * (index + 2)) / ((drawn + 1) / 0x1_0000_0000);
  const next = Math.ceil(Math.sqrt(square + 0.25) - 1.5);
  // A draw of u = 1 would stay where it is.
  walks[at + 2] = Math.min(Math.max(next, index + 1), SYMBOL_INDEX_MAX);
}

/** The symbols below `end` that hold the element with the hash `high`, `low`. */
export function* indicesOf(low: number, high: number, end: number): Generator<number> {
  const walk = new Uint32Array(WALK_WORDS);
  beginWalk(walk, 0, low, high);
  for (let index = 0; index < end; index = walk[2] ?? 0) {
    yield index;
    walkOn(walk, 0);
  }
}
