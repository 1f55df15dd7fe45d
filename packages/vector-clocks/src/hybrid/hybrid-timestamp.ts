/*
 * Timestamps of a hybrid logical clock in 64 bits.
 *
 * A hybrid timestamp is a pair: a time in milliseconds, and a counter for events of one
 * millisecond. In the paper they are l and c. Ordered by time first and counter second they are one
 * number, and one number is what databases, keys and headers can hold and sort:
 *
 *      63                                  16 15             0
 *     +--------------------------------------+----------------+
 *     |  ms since 1970, 48 bits              | counter, 16    |
 *     +--------------------------------------+----------------+
 *      high: 32 bits          | low: 32 bits                  |
 *
 * 48 bits of milliseconds last until the year 10889. The whole does not fit a double, whose
 * integers end at 2^53, and a bigint costs an allocation for every step. So everything here works
 * with two halves of 32 bits, and makes a bigint only for those who ask for one.
 *
 * Big-endian bytes and hexadecimal digits of a fixed length sort as the numbers do, and these as
 * the pairs. Read as a signed number, as Postgres' `bigint` is, it is positive until the year 6429.
 *
 * Source: Kulkarni, Demirbas, Madappa, Avva and Leone, "Logical Physical Clocks", OPODIS 2014,
 * which packs l and c into the 64 bits of NTP timestamps, 48 and 16 of them. There l counts
 * fractions of a second, not milliseconds.
 */

/** A reading of a hybrid logical clock. */
export interface HybridTimestamp {
  /** The paper's l: the latest time heard of, in ms since 1970; an integer in 0..2^48-1. */
  readonly wallMs: number;
  /** The paper's c: which event of that millisecond; an integer in 0..65535. */
  readonly counter: number;
}

/** The largest `HybridTimestamp.wallMs`: in the year 10889. */
export const WALL_MS_MAX: number = 2 ** 48 - 1;

/** The largest `HybridTimestamp.counter`. */
export const COUNTER_MAX = 0xffff;

const TEXT = /^[0-9a-f]{16}$/;

/**
 * Throws unless `timestamp` is one.
 *
 * @throws RangeError if `wallMs` is no integer in 0..2^48-1, or `counter` none in 0..65535.
 */
export function checkTimestamp(name: string, { wallMs, counter }: HybridTimestamp): void {
  if (!(wallMs >= 0 && wallMs <= WALL_MS_MAX && Math.floor(wallMs) === wallMs)) {
    throw new RangeError(`${name}.wallMs: expected an integer in 0..2^48-1, got ${wallMs}`);
  }
  if ((counter & COUNTER_MAX) !== counter) {
    throw new RangeError(`${name}.counter: expected an integer in 0..65535, got ${counter}`);
  }
}

/**
 * Orders timestamps, for `toSorted` and its like.
 *
 * @returns Below 0 if `left` is the earlier one, above 0 if `right` is, 0 if they are the same.
 *
 * @remarks
 * An event that happened before another has the smaller timestamp. The reverse does not hold: two
 * that know nothing of each other have an order too, and two of different nodes may have the same
 * timestamp. For an order without ties, compare the ids of the nodes when this is 0.
 *
 * @example
 * ```ts
 * compareTimestamps({ wallMs: 7, counter: 9 }, { wallMs: 8, counter: 0 }) < 0; // => true
 * ```
 */
export function compareTimestamps(left: HybridTimestamp, right: HybridTimestamp): number {
  return left.wallMs - right.wallMs || left.counter - right.counter;
}

/** The upper 32 of the 64 bits, 0..2^32-1. */
export function timestampHigh({ wallMs }: HybridTimestamp): number {
  return Math.floor(wallMs / 0x1_0000);
}

/** The lower 32 of the 64 bits, 0..2^32-1. */
export function timestampLow({ wallMs, counter }: HybridTimestamp): number {
  // By multiplication, because a shift would drop the bits of `wallMs` above 32.
  return (wallMs - Math.floor(wallMs / 0x1_0000) * 0x1_0000) * 0x1_0000 + counter;
}

/**
 * The timestamp of two halves.
 *
 * @throws RangeError if one is no integer in 0..2^32-1.
 */
export function timestampOfHalves(high: number, low: number): HybridTimestamp {
  if (high >>> 0 !== high || low >>> 0 !== low) {
    throw new RangeError(`halves: expected integers in 0..2^32-1, got ${high} and ${low}`);
  }
  return { wallMs: high * 0x1_0000 + (low >>> 16), counter: low & COUNTER_MAX };
}

/**
 * `timestamp` as 16 hexadecimal digits, which sort as timestamps do.
 *
 * @throws RangeError if it is none.
 *
 * @example
 * ```ts
 * formatTimestamp({ wallMs: 1_767_225_600_000, counter: 1 }); // => '019b76daa8000001'
 * ```
 */
export function formatTimestamp(timestamp: HybridTimestamp): string {
  checkTimestamp('timestamp', timestamp);
  const high = timestampHigh(timestamp).toString(16).padStart(8, '0');
  return high + timestampLow(timestamp).toString(16).padStart(8, '0');
}

/**
 * The timestamp that `formatTimestamp` wrote.
 *
 * @returns `undefined` for any other text: of another length, with other signs, in upper case.
 */
export function parseTimestamp(text: string): HybridTimestamp | undefined {
  if (!TEXT.test(text)) return undefined;
  return timestampOfHalves(
    Number.parseInt(text.slice(0, 8), 16),
    Number.parseInt(text.slice(8), 16),
  );
}

/**
 * `timestamp` as one number of 64 bits, in 0..2^64-1: `wallMs * 65536 + counter`.
 *
 * @throws RangeError if it is none.
 *
 * @remarks
 * Sorts as timestamps do. Below 2^63 while `wallMs` is below 2^47, which is until the year 6429; so
 * long it is the same number in a signed column of a database. Allocates; not for hot paths.
 */
export function timestampToBigint(timestamp: HybridTimestamp): bigint {
  checkTimestamp('timestamp', timestamp);
  return BigInt(timestamp.wallMs) * 0x1_0000n + BigInt(timestamp.counter);
}

/**
 * The timestamp of `timestampToBigint`.
 *
 * @throws RangeError if `value` is not in 0..2^64-1.
 */
export function timestampFromBigint(value: bigint): HybridTimestamp {
  if (value < 0n || value >= 1n << 64n) {
    throw new RangeError(`value: expected 0..2^64-1, got ${value.toString()}`);
  }
  return { wallMs: Number(value >> 16n), counter: Number(value & 0xffffn) };
}
