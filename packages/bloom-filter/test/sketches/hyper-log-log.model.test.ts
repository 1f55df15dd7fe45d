/*
 * Goal: the estimate is that of Ertl's Algorithm 6, for registers of any content, those at the last
 * rank as well, which no stream of keys of this world fills.
 *
 * Method: random registers, and the paper's formula written down as the sums that it is.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { HyperLogLog } from '../../src/sketches/hyper-log-log.ts';

/** Equation (13): x + the sum over k >= 1 of x^(2^k) 2^(k-1). */
function sigma(share: number): number {
  let sum = share;
  for (let k = 1; k <= 60; k += 1) sum += share ** (2 ** k) * 2 ** (k - 1);
  return sum;
}

/** Equation (14): a third of 1 - x - the sum over k >= 1 of (1 - x^(2^-k))^2 2^-k. */
function tau(share: number): number {
  if (share === 0) return 0;
  let sum = 1 - share;
  for (let k = 1; k <= 60; k += 1) sum -= (1 - share ** (2 ** -k)) ** 2 * 2 ** -k;
  return sum / 3;
}

/** m^2 / (2 ln 2) by the weights of all registers. */
function estimateOf(registers: Uint8Array, lastRank: number): number {
  const size = registers.length;
  const countOf = (rank: number): number => registers.filter((one) => one === rank).length;
  if (countOf(0) === size) return 0;
  let weight = size * sigma(countOf(0) / size);
  for (let rank = 1; rank < lastRank; rank += 1) weight += countOf(rank) * 2 ** -rank;
  weight += size * tau(1 - countOf(lastRank) / size) * 2 ** -(lastRank - 1);
  return Math.min(Number.MAX_SAFE_INTEGER, size ** 2 / (2 * Math.LN2 * weight));
}

test('the estimate is the formula of the paper, for registers of any content', () => {
  const spans = fc.constantFrom<readonly [number, number]>(
    [0, 3],
    [0, 12],
    [30, 39],
    [37, 47],
    [1, 47],
  );
  fc.assert(
    fc.property(spans, fc.nat(), ([lowest, highest], seed) => {
      const registers = Uint8Array.from({ length: 2 ** 18 }, (_, at) => {
        const mixed = Math.imul(at ^ seed, 0x9e37_79b1) >>> 8;
        return lowest + (mixed % (highest - lowest + 1));
      });
      const expected = estimateOf(registers, 47);
      const sketch = new HyperLogLog({ precision: 18, registers });
      // It is rounded to an integer.
      expect(Math.abs(sketch.estimate() - expected)).toBeLessThan(0.501 + 1e-9 * expected);
    }),
    { numRuns: 10 },
  );
});

test.each([0.1, 0.5, 0.8])('a share of %d at the last rank weighs what tau says', (share) => {
  const full = Math.round(share * 2 ** 18);
  const registers = new Uint8Array(2 ** 18).fill(33).fill(47, 0, full);
  const expected = estimateOf(registers, 47);

  // With higher ranks beside them, the estimate would be past what a number can hold.
  expect(expected).toBeLessThan(Number.MAX_SAFE_INTEGER);
  expect(new HyperLogLog({ precision: 18, registers }).estimate() / expected).toBeCloseTo(1, 9);
});
