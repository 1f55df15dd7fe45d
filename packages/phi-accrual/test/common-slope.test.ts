import { seededRandom } from '@quorate/transport/system';
import { describe, expect, test } from 'vitest';

import { ArrivalWindow } from '../src/arrival-window.ts';
import { commonSlope } from '../src/common-slope.ts';

function windowOf(values: readonly number[]): ArrivalWindow {
  const window = new ArrivalWindow(values.length);
  for (const value of values) window.push(value);
  return window;
}

const one = (): number => 1;

describe('commonSlope', () => {
  test('is the slope of a line, also with steps of other lengths', () => {
    const line = Array.from({ length: 100 }, (_, index) => 30 * index);
    expect(commonSlope(windowOf(line), one)).toBeCloseTo(30, 9);
    expect(commonSlope(windowOf(line), () => 3)).toBeCloseTo(10, 9);
  });

  test('is 0 for a step, whose best line is steep', () => {
    for (const at of [20, 50, 80]) {
      const step = Array.from({ length: 100 }, (_, index) => (index < at ? 0 : 1_000));
      expect(commonSlope(windowOf(step), one)).toBe(0);
    }
  });

  test('is the lesser of the slopes of both halves, and 0 if they disagree', () => {
    const bent = (older: number, newer: number): ArrivalWindow =>
      windowOf(
        Array.from(
          { length: 100 },
          (_, at) => older * Math.min(at, 50) + newer * Math.max(0, at - 50),
        ),
      );
    expect(commonSlope(bent(10, 19), one)).toBeCloseTo(10, 9);
    expect(commonSlope(bent(19, 10), one)).toBeCloseTo(10, 9);
    expect(commonSlope(bent(-19, -10), one)).toBeCloseTo(-10, 9);
    expect(commonSlope(bent(10, 21), one)).toBe(0);
    expect(commonSlope(bent(-21, -10), one)).toBe(0);
    expect(commonSlope(bent(10, -10), one)).toBe(0);
  });

  test('is next to nothing for noise', () => {
    const random = seededRandom(5);
    const noise = Array.from({ length: 1_000 }, () => Math.round(1_000 * random.float()));
    expect(Math.abs(commonSlope(windowOf(noise), one))).toBeLessThan(0.2);
  });

  test('is 0 for fewer than 8 values, and for values in one place', () => {
    expect(commonSlope(windowOf([1, 2, 3, 4, 5, 6, 7]), one)).toBe(0);
    expect(commonSlope(windowOf([1, 2, 3, 4, 5, 6, 7, 8]), () => 0)).toBe(0);
  });
});
