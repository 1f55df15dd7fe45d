import fc from 'fast-check';
import { expect, test } from 'vitest';

import { normalQuantile, portableExp, portableLog } from '../src/portable-math.ts';

/** Within 2 units in the last place of what this engine computes. */
function expectClose(actual: number, expected: number): void {
  if (!Number.isFinite(expected) || expected === 0) expect(actual).toBe(expected);
  else
    expect(Math.abs(actual - expected)).toBeLessThanOrEqual(Math.abs(expected) * 4.5e-16 + 5e-324);
}

test('exp agrees with the engine', () => {
  fc.assert(
    fc.property(fc.double({ min: -760, max: 760, noNaN: true }), (x) => {
      expectClose(portableExp(x), Math.exp(x));
    }),
  );
  for (const x of [
    0,
    -0,
    1,
    -1,
    0.34,
    0.35,
    709.78,
    710,
    -745.13,
    -746,
    Infinity,
    -Infinity,
    NaN,
  ]) {
    expectClose(portableExp(x), Math.exp(x));
  }
});

test('log agrees with the engine', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, noNaN: true }), (x) => {
      expectClose(portableLog(x), Math.log(x));
    }),
  );
  for (const x of [
    0,
    -0,
    1,
    1 + 2 ** -52,
    1 - 2 ** -53,
    2,
    5e-324,
    2.2e-308,
    1e308,
    -1,
    Infinity,
    NaN,
  ]) {
    expectClose(portableLog(x), Math.log(x));
  }
});

// Wichura 1988, table 1: p and the quantile to 16 digits.
test.each([
  [0.25, -0.6744897501960817],
  [0.001, -3.090232306167813],
  [1e-20, -9.262340089798409],
])('the %f-quantile of the normal distribution', (p, quantile) => {
  expect(normalQuantile(p)).toBeCloseTo(quantile, 13);
  if (p > 1e-10) expect(normalQuantile(1 - p)).toBeCloseTo(-quantile, 12);
});

test('quantiles are odd about the middle, rise, and end at infinity', () => {
  expect(normalQuantile(0.5)).toBe(0);
  expect(normalQuantile(0)).toBe(-Infinity);
  expect(normalQuantile(1)).toBe(Infinity);
  fc.assert(
    fc.property(fc.double({ min: 1e-300, max: 0.499, noNaN: true }), (p) => {
      expect(normalQuantile(p)).toBeLessThan(normalQuantile(p * 1.001));
    }),
  );
});

/** Why these bits: they are what every engine must reproduce, or traces differ between engines. */
test('the last bits are the same everywhere', () => {
  const bitsOf = (value: number): string => {
    const view = new DataView(new ArrayBuffer(8));
    view.setFloat64(0, value);
    return view.getBigUint64(0).toString(16);
  };
  const values = [portableExp(1.1), portableExp(-33.3), portableLog(10), portableLog(1e-9)];
  expect([...values, normalQuantile(0.9), normalQuantile(1e-9)].map(bitsOf)).toEqual([
    '400808883244d593',
    '3cef165bb9b59d94',
    '40026bb1bbb55516',
    'c034b927f32bffb8',
    '3ff4813c36e26d34',
    'c017fdc11f44b5a7',
  ]);
});
