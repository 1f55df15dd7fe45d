/* eslint-disable @typescript-eslint/no-non-null-assertion --
   A position is below the number of bits; `?? 0` in place of `!` would cost a test a probe. */

/*
 * Guava's Bloom filter, bit for bit, to read what a service in Java has written and to write what
 * it reads.
 *
 * It is the classic filter with double hashing over the 128 bits of MurmurHash3_x64_128, seed 0:
 *
 *   mitz-32   (h1 + i * h2) of 32 bits, i = 1..k, complemented if negative, mod m
 *   mitz-64   h1 + i * h2 of 64 bits, i = 0..k-1, without its sign, mod m; what Guava makes now
 *
 * In mitz-32 positions end at 2^31, and a larger table has a higher rate than its size promises.
 * Both have the weaknesses of double hashing that `probes.ts` names. Take `BloomFilter` where
 * nothing in Java has to read it.
 *
 * What a key is depends on the funnel, which the file does not name: `stringFunnel(UTF_8)` hashes
 * the UTF-8 of a string, `unencodedCharsFunnel()` its units of 16 bits, low byte first. An int or a
 * long is its 4 or 8 bytes, low byte first.
 *
 * Source: Guava's documentation of BloomFilter and the layout of its `writeTo`.
 */
import { murmur3x64_128 } from '@quorate/hash';

import { setBitsOf } from './bit-count.ts';
import { itemCountOf } from './estimates.ts';
import type { FilterStats } from './filter.ts';
import { integerPower, LN_2, naturalLog } from './natural-log.ts';
import { BIT_COUNT_MAX, checkSizing, type BloomShape, type FilterSizing } from './sizing.ts';

/** How positions come from a hash: see the head of `guava-bloom.ts`. */
export type GuavaStrategy = 'mitz-32' | 'mitz-64';

/** What of a string is hashed: as `stringFunnel(UTF_8)` has it, or `unencodedCharsFunnel()`. */
export type GuavaFunnel = 'utf-8' | 'utf-16';

/** What a filter of Guava is made of. */
export type GuavaOptions = (
  | FilterSizing
  | {
      /** A table to go on with: two words for each long, the lower first. Used, not copied. */
      readonly words: Int32Array;
      /** k: how many bits a key sets, 1..255. */
      readonly hashCount: number;
    }
) & {
  /** `mitz-64` without it. */
  readonly strategy?: GuavaStrategy;
  /** `utf-8` without it. Bytes are hashed as they are with either. */
  readonly funnel?: GuavaFunnel;
};

/**
 * A filter that answers as Guava's does, for every key.
 *
 * @example
 * ```ts
 * const filter = new GuavaBloomFilter({ itemCount: 1_000_000, falsePositiveRate: 0.03 });
 * [filter.bitCount, filter.hashCount]; // => [7298496, 5]
 * filter.add('129'); // => 'added'
 * filter.has('129'); // => true
 * ```
 */
export class GuavaBloomFilter {
  readonly strategy: GuavaStrategy;
  readonly funnel: GuavaFunnel;
  /** k, the number of bits that a key sets. */
  readonly hashCount: number;
  /** The table: bit 0 is the lowest of the first word. Alive, not a copy. */
  readonly words: Int32Array;
  readonly #hash = new Uint32Array(4);

  /** @throws RangeError if a size is out of its range. */
  constructor(options: GuavaOptions) {
    const { words, hashCount } = 'words' in options ? options : emptyTable(options);
    checkTable(words, hashCount);
    this.words = words;
    this.hashCount = hashCount;
    this.strategy = options.strategy ?? 'mitz-64';
    this.funnel = options.funnel ?? 'utf-8';
  }

  /** m, the number of bits: a multiple of 64. */
  get bitCount(): number {
    return 32 * this.words.length;
  }

  /** Whether `key` is in the set: `false` is certain, `true` is probable. */
  has(key: string | Uint8Array): boolean {
    const words = this.words;
    this.#begin(key);
    for (let index = 1; index <= this.hashCount; index += 1) {
      const at = this.#position(index);
      if (((words[wordOf(at)]! >>> (at % 32)) & 1) === 0) return false;
    }
    return true;
  }

  /** Adds `key`; `added` says that it is certainly new. */
  add(key: string | Uint8Array): 'added' | 'present' {
    const words = this.words;
    let outcome: 'added' | 'present' = 'present';
    this.#begin(key);
    for (let index = 1; index <= this.hashCount; index += 1) {
      const at = this.#position(index);
      const bit = 1 << (at % 32);
      if ((words[wordOf(at)]! & bit) === 0) outcome = 'added';
      words[wordOf(at)]! |= bit;
    }
    return outcome;
  }

  /** How full it is: what Guava calls `approximateElementCount` and `expectedFpp` is among it. */
  stats(): FilterStats {
    const sizeBits = this.bitCount;
    const setBits = setBitsOf(this.words);
    const fillRatio = setBits / sizeBits;
    return {
      sizeBits,
      fillRatio,
      itemCount: itemCountOf(setBits, sizeBits, sizeBits, this.hashCount),
      falsePositiveRate: integerPower(fillRatio, this.hashCount),
    };
  }

  /** Hashes `key`, whose positions can then be asked for in turn. */
  #begin(key: string | Uint8Array): void {
    const isUnits = typeof key === 'string' && this.funnel === 'utf-16';
    murmur3x64_128(isUnits ? unitsOf(key) : key, 0, this.#hash);
  }

  /** The next position, of 1..k; each is asked for once, in order. */
  #position(index: number): number {
    const hash = this.#hash;
    if (this.strategy === 'mitz-32') {
      const combined = ((hash[0]! | 0) + Math.imul(index, hash[1]! | 0)) | 0;
      return (combined < 0 ? ~combined : combined) % this.bitCount;
    }
    const low = hash[0]!;
    const high = hash[1]!;
    const sum = low + hash[2]!;
    hash[0] = sum;
    hash[1] = high + hash[3]! + (sum > 0xffff_ffff ? 1 : 0);
    return remainderOf(high & 0x7fff_ffff, low, this.bitCount);
  }
}

/**
 * m and k as Guava computes them.
 *
 * @throws RangeError if a number is out of its range, or more than 2^35 bits or 255 hashes are
 *   needed.
 */
export function guavaShape(sizing: FilterSizing): BloomShape {
  const itemCount = checkSizing(sizing);
  const logRate = naturalLog(sizing.falsePositiveRate);
  const bits = Math.floor((-itemCount * logRate) / (LN_2 * LN_2));
  const bitCount = 64 * Math.max(1, Math.ceil(bits / 64));
  return { bitCount, hashCount: Math.max(1, Math.round(-logRate / LN_2)) };
}

function emptyTable(sizing: FilterSizing): {
  readonly words: Int32Array;
  readonly hashCount: number;
} {
  const { bitCount, hashCount } = guavaShape(sizing);
  if (bitCount > BIT_COUNT_MAX) {
    throw new RangeError(`itemCount: expected one for at most 2^35 bits, got one for ${bitCount}`);
  }
  return { words: new Int32Array(bitCount / 32), hashCount };
}

function checkTable(words: Int32Array, hashCount: number): void {
  if (words.length === 0 || words.length % 2 !== 0) {
    throw new RangeError(`words: expected two for each of 1 or more longs, got ${words.length}`);
  }
  if (!Number.isSafeInteger(hashCount) || hashCount < 1 || hashCount > 255) {
    throw new RangeError(`hashCount: expected an integer in 1..255, got ${hashCount}`);
  }
}

/** The word of a position; a shift would drop what is beyond 32 bits. */
function wordOf(at: number): number {
  return Math.floor(at / 32);
}

/** 63 bits mod `divisor`, exactly: it is below 2^37, and 16 bits come down at a time. */
function remainderOf(high: number, low: number, divisor: number): number {
  const upper = ((high % divisor) * 0x1_0000 + (low >>> 16)) % divisor;
  return (upper * 0x1_0000 + (low & 0xffff)) % divisor;
}

/** The units of 16 bits of `text`, low byte first. */
function unitsOf(text: string): Uint8Array {
  const bytes = new Uint8Array(2 * text.length);
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    bytes[2 * index] = unit;
    bytes[2 * index + 1] = unit >>> 8;
  }
  return bytes;
}
