/* eslint-disable @typescript-eslint/no-non-null-assertion --
   Slots and places in the order are in bounds by their making; the tests build up to 1e6 keys. */

/*
 * Solving the equations of a binary fuse filter, by peeling.
 *
 * Every key wants table[a] ^ table[b] ^ table[c] to be its fingerprint. A slot that only one key
 * uses can always put that key right, whatever its two others hold. So take such a key away, last
 * to be put right; its other slots now have one user less, and some become slots of one key. When
 * all keys are gone, go back: the last that was taken is the first that is written.
 *
 *   slot 7: key x only         -> x off, written last
 *   slot 3: keys x, y -> y     -> y off, written before x
 *
 * To know the only user of a slot without lists of users, each slot keeps the XOR of its users and
 * their number: with one user left, the XOR is the user.
 *
 * Peeling fails now and then, because of a bad draw of slots: another seed is tried. It fails for
 * every seed when a hash is there twice, since the two cancel out. So after the first failure equal
 * hashes are made one; two keys of one hash are one key to every filter.
 *
 * Source: Graf and Lemire, "Binary fuse filters: fast and smaller than xor filters", ACM JEA 2022.
 */
import { keyHasher, type Key, type KeyHasher } from '@quorate/hash';

import { FuseFilter, type FingerprintBits } from './fuse-filter.ts';
import {
  fingerprintOf,
  firstSlot,
  fuseShape,
  mixLower,
  mixRest,
  mixUpper,
  slotCountOf,
  type FuseShape,
} from './fuse-layout.ts';

/** As the authors' program has it; one attempt in hundreds fails. */
const ATTEMPTS_MAX = 100;

/** A gigabyte of hashes. */
export const FUSE_ITEM_COUNT_MAX: number = 2 ** 27;

/** What a fuse filter is built of. */
export interface FuseOptions {
  /** All keys, at most 2^27. Read once; they may repeat. */
  readonly keys: Iterable<Key>;
  /**
   * Bits of a slot. 8 for a rate of 0.39 %, 16 for 0.0015 %, 32 for 2.3e-10; 8 without it.
   * Each bit halves the rate and costs 1.125 bits a key.
   */
  readonly fingerprintBits?: FingerprintBits;
  /** Makes the 64 bits of a key; `keyHasher()` without it. A keyed one against chosen keys. */
  readonly hasher?: KeyHasher;
  /** Where the search for a good draw begins, an integer in 0..2^32-1; 0 without it. */
  readonly seed?: number;
}

/** What became of a building; `unsolvable` says that none of a hundred draws could be peeled. */
export type FuseOutcome =
  | { readonly kind: 'built'; readonly filter: FuseFilter; readonly attempts: number }
  | { readonly kind: 'unsolvable'; readonly attempts: number };

/**
 * Builds a filter of all `keys`. The same keys in the same order, hasher and seed give the same
 * bits.
 *
 * @throws RangeError if there are too many keys, a key is no key, or the seed is out of range.
 *
 * @remarks Takes time linear in the keys, and some 300 bits a key while it works.
 *
 * @example
 * ```ts
 * const outcome = buildFuse({ keys: ['a', 'b', 'c'] });
 * outcome.kind; // => 'built'
 * outcome.kind === 'built' && outcome.filter.has('b'); // => true
 * ```
 */
export function buildFuse(options: FuseOptions): FuseOutcome {
  const { fingerprintBits = 8, hasher = keyHasher(), seed = 0 } = options;
  if (![8, 16, 32].includes(fingerprintBits)) {
    throw new RangeError(`fingerprintBits: expected 8, 16 or 32, got ${fingerprintBits}`);
  }
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffff_ffff) {
    throw new RangeError(`seed: expected an integer in 0..2^32-1, got ${seed}`);
  }
  let hashes = hashesOf(options.keys, hasher);
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    const itemCount = hashes.length / 2;
    const shape = fuseShape(itemCount);
    const seedHigh = Math.imul(seed + attempt + 1, 0x9e37_79b1);
    const seedLow = Math.imul(seedHigh ^ (seedHigh >>> 15), 0x85eb_ca77);
    const peeling = new Peeling(shape, itemCount);
    if (peeling.peel(hashes, seedHigh, seedLow)) {
      const table = emptyTable(fingerprintBits, slotCountOf(shape));
      peeling.assign(table);
      const parts = { ...shape, fingerprintBits, itemCount, seedHigh, seedLow, table, hasher };
      return { kind: 'built', filter: new FuseFilter(parts), attempts: attempt + 1 };
    }
    if (attempt === 0) hashes = distinct(hashes);
  }
  return { kind: 'unsolvable', attempts: ATTEMPTS_MAX };
}

/** A table of zeros of the right kind. */
export function emptyTable(
  fingerprintBits: FingerprintBits,
  slotCount: number,
): Uint8Array | Uint16Array | Int32Array {
  if (fingerprintBits === 8) return new Uint8Array(slotCount);
  return fingerprintBits === 16 ? new Uint16Array(slotCount) : new Int32Array(slotCount);
}

/** The state of one attempt: each slot's users, and the order in which keys were taken away. */
class Peeling {
  readonly #firstCount: number;
  readonly #segment: number;
  /** Four times the number of users, and the XOR of which of their slots, 0..2, this one is. */
  readonly #users: Int32Array;
  readonly #upper: Int32Array;
  readonly #lower: Int32Array;
  readonly #orderUpper: Int32Array;
  readonly #orderLower: Int32Array;
  readonly #orderSlot: Int32Array;
  readonly #queue: Int32Array;
  readonly #slots = new Int32Array(3);
  #queued = 0;

  constructor(shape: FuseShape, itemCount: number) {
    const slotCount = slotCountOf(shape);
    this.#segment = 1 << shape.segmentLog;
    this.#firstCount = shape.segmentCount * this.#segment;
    this.#users = new Int32Array(slotCount);
    this.#upper = new Int32Array(slotCount);
    this.#lower = new Int32Array(slotCount);
    this.#queue = new Int32Array(slotCount);
    this.#orderUpper = new Int32Array(itemCount);
    this.#orderLower = new Int32Array(itemCount);
    this.#orderSlot = new Int32Array(itemCount);
  }

  /** Whether every key could be taken away. */
  peel(hashes: Int32Array, seedHigh: number, seedLow: number): boolean {
    for (let at = 0; at < hashes.length; at += 2) {
      const upper = mixUpper(hashes[at + 1]!, seedHigh);
      const lower = mixLower(hashes[at]!, upper, seedLow);
      this.#locate(upper, lower);
      for (let which = 0; which < 3; which += 1) this.#toggle(which, upper, lower, 4);
    }
    for (let slot = 0; slot < this.#users.length; slot += 1) {
      if (this.#users[slot]! >> 2 === 1) this.#queue[this.#queued++] = slot;
    }
    let taken = 0;
    while (this.#queued > 0) {
      this.#queued -= 1;
      const slot = this.#queue[this.#queued]!;
      if (this.#users[slot]! >> 2 === 1) this.#take(slot, taken++);
    }
    return taken === this.#orderSlot.length;
  }

  /** Writes the fingerprints, the last key that was taken first. */
  assign(table: Uint8Array | Uint16Array | Int32Array): void {
    for (let at = this.#orderSlot.length - 1; at >= 0; at -= 1) {
      const upper = this.#orderUpper[at]!;
      const lower = this.#orderLower[at]!;
      this.#locate(upper, lower);
      const [first, second, third] = this.#slots;
      // The slot itself is still zero, so all three may be read.
      const others = table[first!]! ^ table[second!]! ^ table[third!]!;
      table[this.#orderSlot[at]!] = fingerprintOf(upper, lower) ^ others;
    }
  }

  #take(slot: number, place: number): void {
    const upper = this.#upper[slot]!;
    const lower = this.#lower[slot]!;
    const own = this.#users[slot]! & 3;
    this.#orderUpper[place] = upper;
    this.#orderLower[place] = lower;
    this.#orderSlot[place] = slot;
    this.#locate(upper, lower);
    for (let which = 0; which < 3; which += 1) {
      if (which === own) continue;
      this.#toggle(which, upper, lower, -4);
      const other = this.#slots[which]!;
      if (this.#users[other]! >> 2 === 1) this.#queue[this.#queued++] = other;
    }
    this.#users[slot] = 0;
  }

  #locate(upper: number, lower: number): void {
    const segment = this.#segment;
    const first = firstSlot(upper, lower, this.#firstCount);
    this.#slots[0] = first;
    this.#slots[1] = (first + segment) ^ (lower & (segment - 1));
    this.#slots[2] = (first + 2 * segment) ^ (mixRest(upper, lower) & (segment - 1));
  }

  #toggle(which: number, upper: number, lower: number, step: number): void {
    const slot = this.#slots[which]!;
    this.#users[slot] = (this.#users[slot]! + step) ^ which;
    this.#upper[slot]! ^= upper;
    this.#lower[slot]! ^= lower;
  }
}

/** The hashes of all keys: low half, then high half, of each. */
function hashesOf(keys: Iterable<Key>, hasher: KeyHasher): Int32Array<ArrayBuffer> {
  let hashes = new Int32Array(1_024);
  let length = 0;
  for (const key of keys) {
    if (length === 2 * FUSE_ITEM_COUNT_MAX) {
      throw new RangeError('keys: expected at most 2^27, got more');
    }
    if (length === hashes.length) {
      const longer = new Int32Array(2 * length);
      longer.set(hashes);
      hashes = longer;
    }
    hasher.hash(key);
    hashes[length] = hasher.low;
    hashes[length + 1] = hasher.high;
    length += 2;
  }
  return hashes.slice(0, length);
}

/** `hashes`, sorted in place, without repetitions. */
function distinct(hashes: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  // The engine sorts words of 64 bits without making a bigint of any.
  new BigInt64Array(hashes.buffer).sort();
  let length = 0;
  for (let at = 0; at < hashes.length; at += 2) {
    const low = hashes[at]!;
    const high = hashes[at + 1]!;
    if (length > 0 && hashes[length - 2] === low && hashes[length - 1] === high) continue;
    hashes[length] = low;
    hashes[length + 1] = high;
    length += 2;
  }
  return hashes.slice(0, length);
}
