/*
 * Jump: the bucket of a key, out of n, from the key alone. There is no table and nothing to build.
 *
 * Let the number of buckets grow from 1 to n and watch one key. When bucket b comes, the key must
 * move there with a chance of 1/(b + 1), and otherwise stay. A generator that is seeded with the
 * key decides, so the key takes the same decisions every time. Most decisions are to stay, and a
 * run of them can be drawn at once: if the key is in b, the next move goes to floor((b + 1) / r)
 * for an r uniform in (0, 1]. So there are about ln n moves, not n:
 *
 *     buckets   1  2  3  4  5  6  7  8  9 ...
 *     key 1     0 ─────────────> 6 ──────────> ...
 *
 * A new bucket takes from all others what it must have and no more. But only the last bucket can
 * go: nothing remembers that one in the middle is missing.
 *
 * The generator is x -> x * 2862933555777941757 + 1 modulo 2^64, and r its upper 31 bits. Both
 * halves are int32 here, and the quotient is one division of doubles as in the paper, so the result
 * is the same to the bit.
 *
 * Source: Lamping and Veach, "A fast, minimal memory, consistent hash algorithm", arXiv:1406.2294,
 * 2014, figure 1.
 */

/** The upper bound of `buckets`. */
export const BUCKETS_MAX = 2_147_483_647;

const MULTIPLIER_HIGH = 0x27bb2ee6;
const MULTIPLIER_LOW = 0x87b0b0fd | 0;
/** The halves of `MULTIPLIER_LOW`. */
const UPPER = 0x87b0;
const LOWER = 0xb0fd;
const TWO_TO_31 = 2 ** 31;

/**
 * The bucket, in 0..buckets-1, of a key of 64 bits.
 *
 * @param high - Bits 32..63, as an int32 or a uint32.
 * @param low - Bits 0..31, likewise.
 * @param buckets - An integer in 1..2^31-1, which is not checked here.
 */
export function jumpIndex(high: number, low: number, buckets: number): number {
  let upper = high | 0;
  let lower = low | 0;
  let bucket = 0;
  let next = 0;
  while (next < buckets) {
    bucket = next | 0;
    // Bits 32..63 of lower * MULTIPLIER_LOW, by halves of 16 bits, then the mixed products.
    const lowest = lower & 0xffff;
    const highest = lower >>> 16;
    const middle = (Math.imul(highest, LOWER) + (Math.imul(lowest, LOWER) >>> 16)) | 0;
    const other = (Math.imul(lowest, UPPER) + (middle & 0xffff)) | 0;
    const carry = (Math.imul(highest, UPPER) + (middle >>> 16) + (other >>> 16)) | 0;
    upper = (carry + Math.imul(upper, MULTIPLIER_LOW) + Math.imul(lower, MULTIPLIER_HIGH)) | 0;
    lower = (Math.imul(lower, MULTIPLIER_LOW) + 1) | 0;
    if (lower === 0) upper = (upper + 1) | 0;
    next = (bucket + 1) * (TWO_TO_31 / ((upper >>> 1) + 1));
  }
  return bucket;
}

/**
 * The same, with its arguments checked.
 *
 * @throws RangeError if `buckets` is no integer in 1..2^31-1.
 *
 * @example
 * ```ts
 * import { jumpHash } from '@quorate/consistent-hashing';
 *
 * jumpHash({ high: 0, low: 256 }, 1024); // => 520
 * ```
 */
export function jumpHash(
  key: { readonly high: number; readonly low: number },
  buckets: number,
): number {
  if (!Number.isInteger(buckets) || buckets < 1 || buckets > BUCKETS_MAX) {
    throw new RangeError(`buckets: expected an integer in 1..${BUCKETS_MAX}, got ${buckets}`);
  }
  return jumpIndex(key.high, key.low, buckets);
}
