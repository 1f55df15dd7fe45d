/*
 * What goes wrong elsewhere: positions are computed with `1 << n` and `>> 5` on signed numbers, or
 * out of 32 bits of hash. Past 2^31 bits the indexes are negative and keys are lost; past 2^32 the
 * upper part of the table is never used, and the rate is that of a smaller one.
 */
import { describe, expect, test } from 'vitest';

import { fastRange } from '../../src/fast-range.ts';
import { bloomPositions } from '../../src/probes.ts';
import { BIT_COUNT_MAX, BLOCK_COUNT_MAX, bloomShape, splitBlockCount } from '../../src/sizing.ts';

function scrambled(value: number): number {
  return Math.imul(value ^ (value >>> 15), 0x9e37_79b1);
}

describe('the positions in a classic table', () => {
  test.each([2 ** 31, 2 ** 32, 2 ** 33 + 32, BIT_COUNT_MAX])(
    'of %d bits use all of it',
    (bitCount) => {
      const eighths = new Float64Array(8);
      const bits = new Float64Array(32);
      for (let key = 1; key <= 4_000; key += 1) {
        const shape = { bitCount, hashCount: 8 };
        for (const at of bloomPositions(scrambled(key), scrambled(key + 10_000), shape)) {
          expect(Number.isSafeInteger(at) && at >= 0 && at < bitCount).toBe(true);
          eighths[Math.floor((8 * at) / bitCount)]! += 1;
          bits[at % 32]! += 1;
        }
      }
      for (const count of eighths) expect(Math.abs(count - 4_000)).toBeLessThan(400);
      for (const count of bits) expect(Math.abs(count - 1_000)).toBeLessThan(200);
    },
  );
});

test('the last block of the largest split-block table is within it', () => {
  const last = fastRange(-1, BLOCK_COUNT_MAX);
  expect(last).toBe(BLOCK_COUNT_MAX - 1);
  expect(8 * last + 7).toBe(8 * BLOCK_COUNT_MAX - 1);
});

test('words are found in the largest classic table', () => {
  expect(fastRange(-1, BIT_COUNT_MAX / 32)).toBe(BIT_COUNT_MAX / 32 - 1);
  expect(fastRange(1 << 31, BIT_COUNT_MAX / 32)).toBe(BIT_COUNT_MAX / 64);
});

test('a size past 2^32 bits is what was asked for, not what is left of it', () => {
  const sizing = { itemCount: 1e9, falsePositiveRate: 0.01 };
  expect(bloomShape(sizing).bitCount).toBeGreaterThan(2 ** 33);
  expect(256 * splitBlockCount(sizing)).toBeGreaterThan(2 ** 33);
});
