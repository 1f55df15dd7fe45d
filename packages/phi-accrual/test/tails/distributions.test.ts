import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  empiricalPhi,
  exponentialPhi,
  lognormalPhi,
  paretoPhi,
  weibullPhi,
} from '../../src/tails/distributions.ts';
import { normalPhi } from '../../src/tails/normal.ts';

type Phi = (silenceMs: number) => number;

/** phi of each, and the chance that a silence is longer, as the textbook writes it. */
const distributions: readonly (readonly [name: string, phi: Phi, tail: Phi])[] = [
  ['exponential', (t) => exponentialPhi(t, 700), (t) => Math.exp(-t / 700)],
  ['Weibull', (t) => weibullPhi(t, 700, 0.7), (t) => Math.exp(-((t / 700) ** 0.7))],
  ['lognormal', (t) => lognormalPhi(t, 6, 0.8), (t) => 10 ** -normalPhi((Math.log(t) - 6) / 0.8)],
  ['Pareto', (t) => paretoPhi(t, 50, 1.3), (t) => Math.min(1, (t / 50) ** -1.3)],
  [
    'empirical',
    (t) => empiricalPhi(t, [100, 300]),
    (t) => (t < 100 ? 5 / 6 : t < 300 ? 0.5 : 1 / 6),
  ],
];

describe.each(distributions)('%s', (_, phi, tail) => {
  test('is -log10 of the tail where the tail has digits', () => {
    for (const silenceMs of [1, 10, 49, 120, 400, 2_000, 9_000]) {
      expect(phi(silenceMs)).toBeCloseTo(-Math.log10(tail(silenceMs)), 9);
    }
  });

  test('never falls, and is finite and not below 0 for every silence', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), fc.double({ noNaN: true }), (left, right) => {
        const [less, more] = left < right ? [left, right] : [right, left];
        expect(phi(less)).toBeGreaterThanOrEqual(0);
        expect(phi(less)).toBeLessThanOrEqual(phi(more));
        expect(phi(more)).toBeLessThan(Infinity);
      }),
    );
  });

  test('refuses NaN', () => {
    expect(() => phi(NaN)).toThrow(/^silenceMs: expected a number in /);
  });
});

test('a Weibull distribution of shape 1 is exponential', () => {
  expect(weibullPhi(5_000, 700, 1)).toBe(exponentialPhi(5_000, 700));
});

test('what was observed says no more than log10(2 n + 2)', () => {
  const silencesMs = Float64Array.from({ length: 999 }, (_, index) => index);
  expect(empiricalPhi(1e300, silencesMs)).toBeCloseTo(Math.log10(2_000), 12);
  expect(empiricalPhi(5, [])).toBeCloseTo(Math.log10(2), 12);
});

test.each<[string, () => number]>([
  ['meanMs', () => exponentialPhi(1, 0)],
  ['scaleMs', () => weibullPhi(1, -1, 1)],
  ['shape', () => weibullPhi(1, 1, NaN)],
  ['sigma', () => lognormalPhi(1, 0, 0)],
  ['mu', () => lognormalPhi(1, Infinity, 1)],
  ['leastMs', () => paretoPhi(1, NaN, 1)],
  ['alpha', () => paretoPhi(1, 1, 0)],
])('%s is named when it is out of range', (name, call) => {
  expect(call).toThrow(new RegExp(`^${name}: expected a number in `));
});
