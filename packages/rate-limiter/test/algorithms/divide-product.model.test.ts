import fc from 'fast-check';
import { expect, test } from 'vitest';

import { divideProduct } from '../../src/algorithms/divide-product.ts';

test('is the quotient of numbers of any size', () => {
  const factor = fc.integer({ min: 0, max: 2 ** 31 - 1 });
  const value = fc.integer({ min: 0, max: 2 ** 45 - 1 });
  const divisor = fc.integer({ min: 1, max: 2 ** 45 });
  fc.assert(
    fc.property(factor, value, divisor, (left, right, below) => {
      const product = BigInt(left) * BigInt(right);
      // What a caller asks for fits into a number.
      fc.pre(product / BigInt(below) <= BigInt(Number.MAX_SAFE_INTEGER));
      expect(divideProduct(left, right, below)).toEqual({
        whole: Number(product / BigInt(below)),
        rest: Number(product % BigInt(below)),
      });
    }),
    { numRuns: 5_000 },
  );
});

test('holds at the ends', () => {
  const most = 2 ** 31 - 1;
  expect(divideProduct(0, 0, 1)).toEqual({ whole: 0, rest: 0 });
  expect(divideProduct(most, 2 ** 45 - 1, 2 ** 45)).toEqual({
    whole: most - 1,
    rest: 2 ** 45 - most,
  });
  expect(divideProduct(1, 2 ** 45 - 1, 2 ** 45)).toEqual({ whole: 0, rest: 2 ** 45 - 1 });
});
