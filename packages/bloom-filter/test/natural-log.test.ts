import fc from 'fast-check';
import { expect, test } from 'vitest';

import { exponential, integerPower, LN_2, naturalLog } from '../src/natural-log.ts';

test('the logarithm is that of the machine but for the last digits', () => {
  const positive = fc.double({ min: 1e-300, max: 1e300, noNaN: true });
  fc.assert(
    fc.property(positive, (value) => {
      const expected = Math.log(value);
      expect(Math.abs(naturalLog(value) - expected)).toBeLessThan(
        1e-15 + 1e-15 * Math.abs(expected),
      );
    }),
  );
  expect(naturalLog(1)).toBe(0);
  expect(naturalLog(2)).toBe(LN_2);
});

test('the exponential is that of the machine but for the last digits', () => {
  fc.assert(
    fc.property(fc.double({ min: -700, max: 0, noNaN: true }), (value) => {
      expect(exponential(value) / Math.exp(value)).toBeCloseTo(1, 11);
    }),
  );
  expect(exponential(0)).toBe(1);
});

test('a power of an integer is a product', () => {
  expect(integerPower(0.5, 10)).toBe(2 ** -10);
  expect(integerPower(3, 5)).toBe(243);
  expect(integerPower(7, 0)).toBe(1);
});
