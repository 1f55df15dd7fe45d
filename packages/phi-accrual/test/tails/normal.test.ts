import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { normalDeviations, normalPhi } from '../../src/tails/normal.ts';
import table from '../data/normal-phi.json' with { type: 'json' };

describe('normalPhi', () => {
  test('is right to 12 digits from -37.5 to a million deviations', () => {
    for (const [y, digits] of table) {
      const exact = Number(digits);
      // Below the least normal double a number has fewer digits; what is left is kept.
      const error = Math.abs(normalPhi(Number(y)) - exact);
      expect(error, `y = ${y}`).toBeLessThanOrEqual(Math.max(1e-12 * exact, 1e-320));
    }
  });

  test('never falls, and is finite and not below 0 for every number', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), fc.double({ noNaN: true }), (left, right) => {
        const [less, more] = left < right ? [left, right] : [right, left];
        expect(normalPhi(less)).toBeLessThanOrEqual(normalPhi(more));
        expect(normalPhi(less)).toBeGreaterThanOrEqual(0);
        expect(normalPhi(more)).toBeLessThan(Infinity);
      }),
    );
  });

  test('never falls where one formula follows on another', () => {
    for (const seam of [0, 2 * Math.SQRT2]) {
      let before = -1;
      for (let step = -2_000; step <= 2_000; step += 1) {
        const phi = normalPhi(seam + step * 1e-9);
        expect(phi).toBeGreaterThanOrEqual(before);
        before = phi;
      }
    }
  });

  test('takes NaN for no deviation', () => {
    expect(normalPhi(NaN)).toBe(normalPhi(0));
  });
});

describe('normalDeviations', () => {
  test.each([
    [1, 1.2816],
    [3, 3.0902],
    [5, 4.2649],
    [8, 5.612],
    [12, 7.0345],
    [16, 8.2221],
  ])('phi %d is reached after %d deviations', (phi, deviations) => {
    expect(normalDeviations(phi)).toBeCloseTo(deviations, 4);
  });

  test('is the first double at which phi is reached', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 1e6, noNaN: true }), (phi) => {
        const deviations = normalDeviations(phi);
        expect(normalPhi(deviations)).toBeGreaterThanOrEqual(phi);
        expect(normalPhi(deviations - Math.abs(deviations) * 1e-9 - 1e-9)).toBeLessThan(phi);
      }),
    );
  });
});
