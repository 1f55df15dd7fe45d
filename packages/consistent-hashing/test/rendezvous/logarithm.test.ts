import { expect, test } from 'vitest';

import { avalanche } from '../../src/replicas.ts';
import { exponential } from '../../src/rendezvous/logarithm.ts';

function fractionOf(bits: number, more: number): number {
  return ((bits >>> 0) * 2 ** 21 + (more >>> 12) * 2 + 1) / 2 ** 53;
}

test('is the logarithm to 15 digits', () => {
  for (let count = 1; count < 20_000; count += 1) {
    const bits = avalanche(count) >>> (count % 32);
    const more = avalanche(bits ^ count);
    const expected = -Math.log(fractionOf(bits, more));
    expect(Math.abs(exponential(bits, more) - expected)).toBeLessThan(1e-14 * (1 + expected));
  }
});

test('is finite and never below 0 at both ends', () => {
  expect(exponential(0, 0)).toBeCloseTo(53 * Math.LN2, 12);
  expect(exponential(0, -1)).toBeCloseTo(32 * Math.LN2, 5);
  expect(exponential(-1, -1)).toBeGreaterThanOrEqual(0);
  expect(exponential(-1, -1)).toBeLessThan(1e-15);
});

test('gives these bits, here and everywhere', () => {
  const words = [1, 2, 3, 1_000_000_007, -5].map((bits) => exponential(bits, ~bits));
  const view = new DataView(new ArrayBuffer(8));
  let sum = 0n;
  for (const word of words) {
    view.setFloat64(0, word);
    sum = BigInt.asUintN(64, 31n * sum + view.getBigUint64(0));
  }
  expect(sum.toString(16)).toBe('e1069d3d827db67c');
});
