/* eslint-disable @typescript-eslint/no-non-null-assertion --
   A bucket is below the bucket count by its making; `?? 0` in place of `!` costs a test a slot. */

/*
 * The cuckoo filter: a set from which keys can be removed.
 *
 * Keep a short fingerprint of each key, in one of two buckets of four slots. When both are full,
 * push one of the fingerprints out, to its other bucket, which may push out another, and so on. But
 * a pushed fingerprint has lost its key: its other bucket must be found from the fingerprint and
 * the bucket alone, and from there the way back must lead here.
 *
 * The paper takes i XOR hash(f), which needs a power of two of buckets: up to twice the memory.
 * With any other number, taking a remainder afterwards breaks the way back, and keys are lost;
 * several programs do that. Here the two buckets of a fingerprint add up to its hash, modulo the
 * number:
 *
 *   other(i, f) = (hash(f) - i) mod m          other(other(i)) = hash(f) - (hash(f) - i) = i
 *
 * which is right for every m. An addition that finds no room undoes every push, so it takes nothing
 * away from the keys before it.
 *
 * Source: Fan, Andersen, Kaminsky and Mitzenmacher, "Cuckoo filter: practically better than
 * Bloom", CoNEXT 2014. Departs from it in the other bucket and in undoing.
 */
import { keyHasher, type Key, type KeyHasher } from '@quorate/hash';

import { fastRange } from './fast-range.ts';
import type { FilterStats, GrowingFilter } from './filter.ts';
import { hashKey } from './hash-key.ts';
import { checkSizing, type FilterSizing } from './sizing.ts';

/** Fingerprints in a bucket: with four, 95 % of all slots can be used. */
export const BUCKET_SLOTS = 4;

/** 8 GiB at most. */
export const BUCKET_COUNT_MAX: number = 2 ** 29;

/** As the paper has it. */
const PUSHES_MAX = 500;

/** Buckets are sized for this much of the 95 % that are possible. */
const LOAD = 0.93;

/** How large a fingerprint is, in bits; the rate is about 8 / 2^bits. */
export type CuckooBits = 8 | 16 | 32;

/** How large the table is: for a purpose, in buckets, or as large as one that is there. */
export type CuckooSize =
  | FilterSizing
  | {
      /** m: any integer in 1..2^29, each of four slots. */
      readonly bucketCount: number;
      readonly fingerprintBits: CuckooBits;
    }
  | {
      /** A table to go on with: four slots for each of 1..2^29 buckets. It is used, not copied. */
      readonly slots: Uint8Array | Uint16Array | Int32Array;
    };

/** What a cuckoo filter is made of. */
export type CuckooOptions = CuckooSize & {
  /** Makes the 64 bits of a key; `keyHasher()`, the fastest, without it. */
  readonly hasher?: KeyHasher;
};

/**
 * A set that can be full, and from which keys can be removed.
 *
 * @remarks
 * Never a false negative, as long as only keys are removed that are in it. It is a bag: a key that
 * was added twice is to be removed twice, and there is room for eight of one key. Nothing is
 * allocated by `add`, `has` and `remove`.
 *
 * @example
 * ```ts
 * const online = new CuckooFilter({ itemCount: 1_000, falsePositiveRate: 0.001 });
 * online.add('ann'); // => 'added'
 * online.remove('ann'); // => true
 * online.has('ann'); // => false
 * ```
 */
export class CuckooFilter implements GrowingFilter {
  readonly kind = 'cuckoo';
  readonly hasher: KeyHasher;
  readonly bucketCount: number;
  readonly fingerprintBits: CuckooBits;
  /** Four slots a bucket; 0 is a free slot. Alive, not a copy. */
  readonly slots: Uint8Array | Uint16Array | Int32Array;
  /** The slots of the pushes of one addition, to undo them. */
  readonly #path = new Float64Array(PUSHES_MAX);
  #itemCount = 0;

  /** @throws RangeError if a size is out of its range. */
  constructor(options: CuckooOptions) {
    const { bucketCount, fingerprintBits } = shapeOf(options);
    if (!Number.isInteger(bucketCount) || bucketCount < 1 || bucketCount > BUCKET_COUNT_MAX) {
      throw new RangeError(`bucketCount: expected an integer in 1..2^29, got ${bucketCount}`);
    }
    if (![8, 16, 32].includes(fingerprintBits)) {
      throw new RangeError(`fingerprintBits: expected 8, 16 or 32, got ${fingerprintBits}`);
    }
    this.bucketCount = bucketCount;
    this.fingerprintBits = fingerprintBits;
    this.hasher = options.hasher ?? keyHasher();
    if (!('slots' in options)) {
      this.slots = slotsOf(fingerprintBits, bucketCount * BUCKET_SLOTS);
      return;
    }
    this.slots = options.slots;
    for (const print of this.slots) if (print !== 0) this.#itemCount += 1;
  }

  /** How many additions are in it. */
  get itemCount(): number {
    return this.#itemCount;
  }

  has(key: Key): boolean {
    const hasher = this.hasher;
    hashKey(hasher, key);
    return this.hasHash(hasher.high, hasher.low);
  }

  hasHash(high: number, low: number): boolean {
    const print = fingerprint(low, this.fingerprintBits);
    const bucket = fastRange(high, this.bucketCount);
    if (this.#slotWith(bucket, print) >= 0) return true;
    return this.#slotWith(otherBucket(bucket, print, this.bucketCount), print) >= 0;
  }

  /** Adds `key` once more; `full` if there was no room, and then nothing has changed. */
  add(key: Key): 'added' | 'full' {
    const hasher = this.hasher;
    hashKey(hasher, key);
    return this.addHash(hasher.high, hasher.low);
  }

  addHash(high: number, low: number): 'added' | 'full' {
    const print = fingerprint(low, this.fingerprintBits);
    const bucket = fastRange(high, this.bucketCount);
    const other = otherBucket(bucket, print, this.bucketCount);
    if (!this.#put(bucket, print) && !this.#put(other, print) && !this.#push(other, print)) {
      return 'full';
    }
    this.#itemCount += 1;
    return 'added';
  }

  /**
   * Takes `key` out once; `false` if it is certainly not in it, and nothing has changed.
   *
   * @throws RangeError if a number or a bigint is not an unsigned integer of 32 or 64 bits.
   *
   * @remarks Remove only what was added. A stranger that `has` takes for a member would take the
   *   fingerprint of that member away, and the member would be lost.
   */
  remove(key: Key): boolean {
    const hasher = this.hasher;
    hashKey(hasher, key);
    const print = fingerprint(hasher.low, this.fingerprintBits);
    const bucket = fastRange(hasher.high, this.bucketCount);
    let at = this.#slotWith(bucket, print);
    if (at < 0) at = this.#slotWith(otherBucket(bucket, print, this.bucketCount), print);
    if (at < 0) return false;
    this.slots[at] = 0;
    this.#itemCount -= 1;
    return true;
  }

  /** The rate is that of the mean bucket: two buckets of 4 f slots, each a chance of 1 / 2^bits. */
  stats(): FilterStats {
    const fillRatio = this.#itemCount / this.slots.length;
    const prints = 2 ** this.fingerprintBits - 1;
    return {
      sizeBits: this.slots.length * this.fingerprintBits,
      fillRatio,
      itemCount: this.#itemCount,
      falsePositiveRate: Math.min(1, (2 * BUCKET_SLOTS * fillRatio) / prints),
    };
  }

  #slotWith(bucket: number, print: number): number {
    const slots = this.slots;
    const at = bucket * BUCKET_SLOTS;
    if (slots[at] === print) return at;
    if (slots[at + 1] === print) return at + 1;
    if (slots[at + 2] === print) return at + 2;
    return slots[at + 3] === print ? at + 3 : -1;
  }

  #put(bucket: number, print: number): boolean {
    const at = this.#slotWith(bucket, 0);
    if (at < 0) return false;
    this.slots[at] = print;
    return true;
  }

  /** Pushes fingerprints on until one finds a free slot; if none does, puts all of them back. */
  #push(start: number, first: number): boolean {
    const slots = this.slots;
    let bucket = start;
    let print = first;
    for (let push = 0; push < PUSHES_MAX; push += 1) {
      // Which of the four is chosen by counting through a mix: the same keys, the same table.
      const choice = Math.imul(first ^ Math.imul(push + 1, 0x9e37_79b1), 0x85eb_ca6b) >>> 30;
      const at = bucket * BUCKET_SLOTS + choice;
      const pushed = slots[at]!;
      slots[at] = print;
      this.#path[push] = at;
      print = pushed;
      bucket = otherBucket(bucket, print, this.bucketCount);
      if (this.#put(bucket, print)) return true;
    }
    for (let push = PUSHES_MAX - 1; push >= 0; push -= 1) {
      const at = this.#path[push]!;
      const placed = slots[at]!;
      slots[at] = print;
      print = placed;
    }
    return false;
  }
}

/**
 * The one other bucket in which a fingerprint of `bucket` may lie: the way back is the same.
 *
 * @param bucketCount - Any integer in 1..2^29.
 */
export function otherBucket(bucket: number, print: number, bucketCount: number): number {
  const mixed = Math.imul(print ^ (print >>> 15), 0x2c1b_3c6d);
  const sum = fastRange(Math.imul(mixed ^ (mixed >>> 12), 0x297a_2d39), bucketCount);
  return sum >= bucket ? sum - bucket : sum - bucket + bucketCount;
}

/** Of `low`: every value but 0, which marks a free slot, equally often for 8 and 16 bits. */
export function fingerprint(low: number, bits: CuckooBits): number {
  if (bits === 32) return low === 0 ? 1 : low;
  return fastRange(low, (1 << bits) - 1) + 1;
}

interface CuckooShape {
  readonly bucketCount: number;
  readonly fingerprintBits: CuckooBits;
}

function shapeOf(size: CuckooSize): CuckooShape {
  if ('bucketCount' in size) return size;
  if (!('slots' in size)) return cuckooShape(size);
  const { slots } = size;
  const bits = slots instanceof Uint8Array ? 8 : slots instanceof Uint16Array ? 16 : 32;
  return { bucketCount: slots.length / BUCKET_SLOTS, fingerprintBits: bits };
}

function cuckooShape(sizing: FilterSizing): CuckooShape {
  const itemCount = checkSizing(sizing);
  const rate = sizing.falsePositiveRate;
  const rateOf = (bits: CuckooBits): number => (2 * BUCKET_SLOTS * LOAD) / (2 ** bits - 1);
  if (rate < rateOf(32)) {
    throw new RangeError(`falsePositiveRate: expected at least ${rateOf(32)}, got ${rate}`);
  }
  const fingerprintBits = rateOf(8) <= rate ? 8 : rateOf(16) <= rate ? 16 : 32;
  // Small tables fill less evenly: a few buckets more.
  const bucketCount = Math.ceil(itemCount / (BUCKET_SLOTS * LOAD)) + 2;
  return { bucketCount, fingerprintBits };
}

function slotsOf(bits: CuckooBits, count: number): Uint8Array | Uint16Array | Int32Array {
  if (bits === 8) return new Uint8Array(count);
  return bits === 16 ? new Uint16Array(count) : new Int32Array(count);
}
