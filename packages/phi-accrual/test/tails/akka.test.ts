import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { akkaDeviations, akkaPhi } from '../../src/tails/akka.ts';
import { normalPhi } from '../../src/tails/normal.ts';

/** The two lines of Akka, as they stand there. */
function akkaLines(y: number): number {
  const e = Math.exp(-y * (1.5976 + 0.070566 * y * y));
  return y > 0 ? -Math.log10(e / (1 + e)) : -Math.log10(1 - 1 / (1 + e));
}

describe('akkaPhi', () => {
  test('is the value of Akka to 12 digits where that has them', () => {
    for (let y = -3; y <= 21.2; y += 0.01) {
      const theirs = akkaLines(y);
      // Beyond, their e has fewer digits than a double. On the other side of the middle, theirs is
      // a difference to 1, with an error of 2^-53.
      const bound = 1e-12 * theirs + (y <= 0 ? 2 ** -53 : 0);
      expect(Math.abs(akkaPhi(y) - theirs), `y = ${y}`).toBeLessThanOrEqual(bound);
    }
  });

  test.each([
    [1, 0.799508],
    [3, 2.909475],
    [5.612, 9.310443],
    [8.2, 22.586854],
    [10, 37.584713],
  ])('at %d deviations it is %d', (y, phi) => {
    expect(akkaPhi(y)).toBeCloseTo(phi, 4);
  });

  test('goes on where Akka is infinite, and is far above the true phi there', () => {
    expect(akkaLines(25)).toBe(Infinity);
    expect(akkaPhi(25)).toBeLessThan(Infinity);
    expect(akkaPhi(25)).toBeGreaterThan(3 * normalPhi(25));
  });

  test('never falls, and is finite and not below 0 for every number', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), fc.double({ noNaN: true }), (left, right) => {
        const [less, more] = left < right ? [left, right] : [right, left];
        expect(akkaPhi(less)).toBeLessThanOrEqual(akkaPhi(more));
        expect(akkaPhi(less)).toBeGreaterThanOrEqual(0);
        expect(akkaPhi(more)).toBeLessThan(Infinity);
      }),
    );
    expect(akkaPhi(NaN)).toBe(akkaPhi(0));
  });
});

test.each([
  [1, 1.2822],
  [3, 3.0589],
  [5, 4.1192],
  [8, 5.226],
  [12, 6.2921],
  [16, 7.1197],
])('akkaDeviations: phi %d is reached after %d deviations', (phi, deviations) => {
  expect(akkaDeviations(phi)).toBeCloseTo(deviations, 4);
  expect(akkaPhi(akkaDeviations(phi))).toBeGreaterThanOrEqual(phi);
});
