import { describe, expect, test } from 'vitest';

import {
  fingerprintOf,
  firstSlot,
  fuseShape,
  mixLower,
  mixRest,
  mixUpper,
  slotCountOf,
} from '../../src/fuse/fuse-layout.ts';

describe('the shape of a fuse filter', () => {
  test.each([0, 1, 2])('of %d keys has three segments of four slots', (itemCount) => {
    expect(slotCountOf(fuseShape(itemCount))).toBe(12);
  });

  test('has at most 9.1 bits a key from a million keys on, with 8 bits a slot', () => {
    for (const itemCount of [1e6, 1e7, 1e8]) {
      expect((8 * slotCountOf(fuseShape(itemCount))) / itemCount).toBeLessThanOrEqual(9.1);
    }
  });

  test('has segments of at most 2^18 slots', () => {
    expect(fuseShape(1e6).segmentLog).toBe(13);
    expect(fuseShape(1e9).segmentLog).toBe(18);
  });
});

test('the mix depends on each half of hash and seed', () => {
  expect(mixUpper(1, 0)).not.toBe(mixUpper(2, 0));
  expect(mixUpper(1, 0)).not.toBe(mixUpper(1, 3));
  expect(mixLower(1, 5, 0)).not.toBe(mixLower(2, 5, 0));
  expect(mixLower(1, 5, 0)).not.toBe(mixLower(1, 5, 3));
});

describe.each([
  ['the lower half', (upper: number, lower: number) => mixLower(lower, upper, 9)],
  ['what is left for the third slot', mixRest],
  ['the fingerprint', fingerprintOf],
])('%s', (_, mix) => {
  test('changes with any bit of either half', () => {
    for (const [upper, lower] of [
      [0, 0],
      [0x1234_5678, -0x1234_5678],
      [-1, -1],
    ] as const) {
      for (let bit = 0; bit < 32; bit += 1) {
        expect(mix(upper ^ (1 << bit), lower)).not.toBe(mix(upper, lower));
        expect(mix(upper, lower ^ (1 << bit))).not.toBe(mix(upper, lower));
      }
    }
  });
});

test('a first slot is below its count', () => {
  for (let upper = 0; upper < 1_000; upper += 1) {
    const slot = firstSlot(Math.imul(upper, 0x9e37_79b1), ~upper, 4);
    expect(slot).toBeGreaterThanOrEqual(0);
    expect(slot).toBeLessThan(4);
  }
});
