import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { ArrivalWindow, WINDOW_SIZE_MAX } from '../src/arrival-window.ts';
import { InvariantViolation } from '../src/invariant.ts';

/** Mean and variance of whole numbers, by fractions of integers of any size. */
function exactMoments(values: readonly number[]): readonly [mean: number, variance: number] {
  if (values.length === 0) return [0, 0];
  const count = BigInt(values.length);
  let sum = 0n;
  let squares = 0n;
  for (const value of values) {
    sum += BigInt(value);
    squares += BigInt(value) * BigInt(value);
  }
  const scaled = count * squares - sum * sum;
  return [Number(sum) / values.length, Number(scaled) / values.length / values.length];
}

describe('ArrivalWindow', () => {
  test('holds the last values, newest first', () => {
    const window = new ArrivalWindow(3);
    for (const value of [1, 2, 3, 4]) window.push(value);
    expect([window.at(0), window.at(1), window.at(2)]).toEqual([4, 3, 2]);
    expect([window.count, window.mean]).toEqual([3, 3]);
    expect(window.variance).toBeCloseTo(2 / 3, 15);
  });

  test('is empty at first and after clear', () => {
    const window = new ArrivalWindow(2);
    expect([window.count, window.mean, window.variance]).toEqual([0, 0, 0]);
    window.push(7);
    window.clear();
    expect([window.count, window.mean, window.variance, window.sum]).toEqual([0, 0, 0, 0]);
  });

  test('has the exact moments of any values at every step', () => {
    const value = fc.oneof(
      fc.integer({ min: -20, max: 20 }),
      fc.integer({ min: -(2 ** 31), max: 2 ** 31 }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.array(value), (capacity, values) => {
        const window = new ArrivalWindow(capacity);
        const limit = window.limitTicks;
        const kept = values.map((each) => Math.max(-limit, Math.min(limit, each)));
        for (const [index, each] of values.entries()) {
          window.push(each);
          const last = kept.slice(0, index + 1).slice(-capacity);
          const [mean, variance] = exactMoments(last);
          expect(window.mean).toBe(mean);
          expect(Math.abs(window.variance - variance)).toBeLessThanOrEqual(4e-16 * variance);
        }
      }),
    );
  });

  test('keeps its sums exact when the largest window is full of the largest values', () => {
    const window = new ArrivalWindow(WINDOW_SIZE_MAX);
    for (let index = 0; index < WINDOW_SIZE_MAX; index += 1) window.push(Infinity);
    expect(window.sum).toBe(WINDOW_SIZE_MAX * window.limitTicks);
    expect(window.sumOfSquares).toBeLessThanOrEqual(2 ** 52);
    expect(window.variance).toBe(0);
    window.push(-Infinity);
    const share = 1 / WINDOW_SIZE_MAX;
    const expected = 4 * window.limitTicks ** 2 * share * (1 - share);
    expect(Math.abs(window.variance / expected - 1)).toBeLessThan(1e-15);
  });

  test('adjusts all values, and its sums with them', () => {
    const window = new ArrivalWindow(3);
    for (const value of [5, 6, 7, 8]) window.push(value);
    window.adjust((age) => -10 * age);
    expect([window.at(0), window.at(1), window.at(2)]).toEqual([8, -3, -14]);
    expect([window.sum, window.sumOfSquares]).toEqual([-9, 64 + 9 + 196]);
  });

  test.each([0, 1.5, WINDOW_SIZE_MAX + 1, NaN])('refuses %d values', (capacity) => {
    expect(() => new ArrivalWindow(capacity)).toThrow(InvariantViolation);
  });
});
