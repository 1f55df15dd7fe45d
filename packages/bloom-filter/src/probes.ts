/* eslint-disable @typescript-eslint/no-non-null-assertion --
   A word that `fastRange` chose is in bounds; `?? 0` in place of `!` would cost a test a probe. */

/*
 * Which bits of a classic filter belong to a key, out of the 64 bits of its hash.
 *
 * The usual way is double hashing: bit i is (h1 + i * h2) mod m. It is cheap, and wrong at its
 * edges. An h2 of 0, or one that shares a factor with m, visits fewer than k bits; and only some
 * m^2 pairs (h1, h2) differ at all, so that in small tables at low rates a stranger meets a member
 * in every bit more often than the formula says.
 *
 * Here every probe is a mixing of its own of all 64 bits: the finalizer of MurmurHash3, which is
 * given one half of the hash at its beginning and the other in its middle. Its upper bits choose a
 * word of the table, its lowest five the bit in it.
 *
 * Sources: Kirsch and Mitzenmacher, "Less hashing, same performance", ESA 2006; Dillinger and
 * Manolios, "Bloom filters in probabilistic verification", FMCAD 2004 (where double hashing fails).
 */
import { fastRange } from './fast-range.ts';

/** The probe of number `index`: 32 bits, as an int32, that choose a word and a bit in it. */
export function probe(high: number, low: number, index: number): number {
  let mixed = (high + Math.imul(index, 0x9e37_79b9)) | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85eb_ca6b) ^ low;
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35);
  return mixed ^ (mixed >>> 16);
}

/**
 * What is added to the lowest five bits of every probe of a key, 0..31. In tables past 2^32 bits
 * the word uses up these bits too, and without an offset some bits of each word were never chosen.
 */
export function bitOffset(low: number): number {
  return Math.imul(low, 0x2c1b_3c6d) >>> 27;
}

/** The size of a table's cells: bits of a classic filter, counters of a counting one. */
export interface CellSize {
  /** The binary logarithm of the bits in a cell. */
  readonly log: number;
  /** A cell of ones. */
  readonly mask: number;
}

/** Whether none of the first `hashCount` cells of a key is 0. */
export function hasCells(
  words: Int32Array,
  hashCount: number,
  high: number,
  low: number,
  { log, mask }: CellSize,
): boolean {
  const count = words.length;
  const offset = bitOffset(low);
  for (let index = 0; index < hashCount; index += 1) {
    const mixed = probe(high, low, index);
    // A shift looks at the lowest five bits of its distance only.
    const cell = (words[fastRange(mixed, count)]! >>> ((mixed + offset) << log)) & mask;
    if (cell === 0) return false;
  }
  return true;
}

/**
 * The positions of a key's bits in a table, bit 0 being the lowest of the first word.
 *
 * @param high - Bits 32..63 of the key's hash.
 * @param low - Bits 0..31.
 * @returns `hashCount` integers in 0..bitCount-1, for those who keep the table elsewhere.
 */
export function bloomPositions(
  high: number,
  low: number,
  shape: { readonly bitCount: number; readonly hashCount: number },
): number[] {
  const wordCount = shape.bitCount / 32;
  const offset = bitOffset(low);
  return Array.from({ length: shape.hashCount }, (_, index) => {
    const mixed = probe(high, low, index);
    return 32 * fastRange(mixed, wordCount) + ((mixed + offset) & 31);
  });
}
