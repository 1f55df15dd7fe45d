/*
 * How many keys made these bits?
 *
 * A bit of m is missed by all n keys with the chance (1 - 1/m)^(kn), so the share f of ones tells
 * n:
 *
 *   n = ln(1 - f) / (k ln(1 - 1/m))
 *
 * The same holds for split blocks with m = 32 z for each of the eight words, although their blocks
 * fill unevenly: the expected share of zeros is an average over blocks of (31/32)^j, which for keys
 * that choose blocks independently is (1 - 1/(32 z))^n exactly.
 *
 * Once every bit is 1, the logarithm of 0 would answer "infinitely many". Half a bit is taken for 0
 * then: what comes out is the least that is likely, and finite.
 *
 * Source: Swamidass and Baldi, "Mathematical correction for fingerprint similarity measures to
 * improve chemical retrieval", J. Chem. Inf. Model. 2007.
 */
import { naturalLog } from './natural-log.ts';

/**
 * The number of distinct keys that most likely set these bits; an integer of at least 0.
 *
 * @param setBits - How many bits are 1; 0..bitCount.
 * @param bitCount - How many bits there are; at least 32.
 * @param positionCount - Among how many bits each of a key's bits was chosen: all for classic
 *   Bloom.
 * @param hashCount - In how many such choices a key sets a bit, of those that share positions.
 */
export function itemCountOf(
  setBits: number,
  bitCount: number,
  positionCount: number,
  hashCount: number,
): number {
  const zeros = Math.max(bitCount - setBits, 0.5);
  const miss = 1 / positionCount;
  // -ln(1 - miss), whose digits 1 - miss would swallow.
  const step = miss + miss ** 2 / 2 + miss ** 3 / 3 + miss ** 4 / 4;
  return Math.round(naturalLog(bitCount / zeros) / (step * hashCount));
}
