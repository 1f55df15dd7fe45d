/* eslint-disable @typescript-eslint/no-non-null-assertion --
   A register that bits of the hash chose is in bounds, and a rank is below the count of ranks. */

/*
 * HyperLogLog: how many distinct keys, in some kilobytes, however many come.
 *
 * Look at the hash of each key as at a row of coins, and remember the longest row of tails at a
 * beginning. A row of 20 is seen once in a million: who remembers 20 has seen about a million keys,
 * and the same key again changes nothing. One such number is a poor guess. So the first p bits of
 * the hash choose one of m = 2^p registers, each of which remembers its own:
 *
 *   hash   0110 | 00001011…          register 6: the first 1 is at place 5
 *          p      rank 5             registers[6] = max(registers[6], 5)
 *
 * The harmonic mean of 2^rank over all registers, times m, is right to about 1.04 / sqrt(m). Taken
 * alone it is wrong for few keys, which leave most registers at 0, and the original corrects it by
 * tables that were found by experiment. Ertl found the correction in closed form: registers at 0
 * and registers at the last rank are given the weight that they have in expectation (sigma and tau
 * below), and one formula is right from 0 keys on.
 *
 * Two sketches become that of both sets of keys by taking the larger of each two registers.
 *
 * Sources: Flajolet, Fusy, Gandouet and Meunier, "HyperLogLog: the analysis of a near-optimal
 * cardinality estimation algorithm", AofA 2007; Ertl, "New cardinality estimation algorithms for
 * HyperLogLog sketches", 2017, Algorithm 6.
 */
import { keyHasher, type Key, type KeyHasher } from '@quorate/hash';

import { checkSameHash } from '../filter.ts';
import { LN_2 } from '../natural-log.ts';

/** What a HyperLogLog is made of. */
export interface HyperLogLogOptions {
  /**
   * p: there are 2^p registers of a byte; an integer in 4..18, and 14 without it. The error is
   * about 1.04 / 2^(p/2), which is 0.8 % at 14; each one more halves its square and doubles the
   * memory.
   */
  readonly precision?: number;
  /** Makes the 64 bits of a key; `keyHasher()`, the fastest, without it. */
  readonly hasher?: KeyHasher;
  /** Registers to go on with, 2^p of them. They are used, not copied. */
  readonly registers?: Uint8Array;
}

/**
 * Counts distinct keys in fixed memory.
 *
 * @remarks `estimate` is off by the standard error 1.04 / 2^(p/2), whatever the number of keys, up
 *   to what 64 bits tell apart. The order of keys, and how often each comes, changes nothing.
 *   Nothing is allocated by `add`.
 *
 * @example
 * ```ts
 * import { HyperLogLog } from '@quorate/bloom-filter/sketches';
 *
 * const visitors = new HyperLogLog();
 * for (let visit = 0; visit < 1_000; visit += 1) visitors.add(`visitor-${visit % 10}`);
 * visitors.estimate(); // => 10
 * ```
 */
export class HyperLogLog {
  readonly kind = 'hyper-log-log';
  readonly hasher: KeyHasher;
  /** p, the number of bits that choose a register. */
  readonly precision: number;
  /** For each register the highest rank, 0..65-p. Alive, not a copy. */
  readonly registers: Uint8Array;

  /** @throws RangeError if `precision` or the registers do not fit. */
  constructor({ precision = 14, hasher = keyHasher(), registers }: HyperLogLogOptions = {}) {
    if (!Number.isInteger(precision) || precision < 4 || precision > 18) {
      throw new RangeError(`precision: expected an integer in 4..18, got ${precision}`);
    }
    if (registers !== undefined) checkRegisters(registers, precision);
    this.precision = precision;
    this.registers = registers ?? new Uint8Array(2 ** precision);
    this.hasher = hasher;
  }

  /**
   * Counts `key`, if it is new.
   *
   * @returns Whether a register changed: if so the key is certainly new.
   * @throws RangeError if a number or a bigint is not an unsigned integer of 32 or 64 bits.
   */
  add(key: Key): 'added' | 'unchanged' {
    const hasher = this.hasher;
    hasher.hash(key);
    return this.addHash(hasher.high, hasher.low);
  }

  /** `add` for a key whose hash is at hand. */
  addHash(high: number, low: number): 'added' | 'unchanged' {
    const precision = this.precision;
    const register = high >>> (32 - precision);
    const rest = high << precision;
    // Without a 1 in what is left of the upper half, the row goes on in the lower.
    const rank = (rest === 0 ? 32 - precision + Math.clz32(low) : Math.clz32(rest)) + 1;
    if (rank <= this.registers[register]!) return 'unchanged';
    this.registers[register] = rank;
    return 'added';
  }

  /** How many distinct keys were added, rounded to an integer; time grows with the registers. */
  estimate(): number {
    const lastRank = 65 - this.precision;
    const counts = new Float64Array(lastRank + 1);
    for (const rank of this.registers) counts[rank]! += 1;
    const size = this.registers.length;
    let sum = size * tau(1 - counts[lastRank]! / size);
    for (let rank = lastRank - 1; rank >= 1; rank -= 1) sum = (sum + counts[rank]!) / 2;
    sum += size * sigma(counts[0]! / size);
    // Registers that are all full, as only made-up ones are, would count without end.
    return Math.round(Math.min(Number.MAX_SAFE_INTEGER, size ** 2 / (2 * LN_2 * sum)));
  }

  /**
   * Counts all that `other` has counted: the result is the sketch of both sets of keys.
   *
   * @throws RangeError if precision, hash function or seed differ; nothing was changed then.
   */
  addAll(other: HyperLogLog): void {
    if (other.precision !== this.precision) {
      throw new RangeError(`other.precision: expected ${this.precision}, got ${other.precision}`);
    }
    checkSameHash(this, other);
    for (const [register, rank] of other.registers.entries()) {
      if (rank > this.registers[register]!) this.registers[register] = rank;
    }
  }
}

function checkRegisters(registers: Uint8Array, precision: number): void {
  if (registers.length !== 2 ** precision) {
    throw new RangeError(`registers: expected ${2 ** precision}, got ${registers.length}`);
  }
  const lastRank = 65 - precision;
  for (const rank of registers) {
    if (rank > lastRank) throw new RangeError(`registers: expected 0..${lastRank}, got ${rank}`);
  }
}

/** x + the sum over k of x^(2^k) 2^(k-1): what registers at 0 weigh when a share x of them is. */
function sigma(share: number): number {
  if (share === 1) return Number.POSITIVE_INFINITY;
  let power = share;
  let weight = 1;
  let sum = share;
  for (let before = -1; sum !== before; weight *= 2) {
    power *= power;
    before = sum;
    sum += power * weight;
  }
  return sum;
}

/** What registers at the last rank weigh when a share of `1 - share` is. */
function tau(share: number): number {
  if (share === 0 || share === 1) return 0;
  let root = share;
  let weight = 1;
  let sum = 1 - share;
  for (let before = -1; sum !== before;) {
    root = Math.sqrt(root);
    before = sum;
    weight /= 2;
    sum -= (1 - root) ** 2 * weight;
  }
  return sum / 3;
}
