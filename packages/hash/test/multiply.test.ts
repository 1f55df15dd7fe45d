import fc from 'fast-check';
import { expect, test } from 'vitest';

import { carryOf, multiplyHigh, productHigh } from '../src/multiply.ts';

const word = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });

function unsigned(high: number, low: number): bigint {
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}

function int32(value: bigint): number {
  return Number(BigInt.asIntN(32, value));
}

test('the high half of a product is that of the exact product', () => {
  fc.assert(
    fc.property(word, word, (a, b) => {
      const product = BigInt(a >>> 0) * BigInt(b >>> 0);
      expect(multiplyHigh(a, b)).toBe(int32(product >> 32n));
    }),
  );
});

test('no carry is lost at the limits', () => {
  for (const a of [0, 1, -1, 0xffff, 0x10000, 0x7fff_ffff, -0x8000_0000]) {
    for (const b of [0, 1, -1, 0xffff, 0x10000, 0x7fff_ffff, -0x8000_0000]) {
      const product = BigInt(a >>> 0) * BigInt(b >>> 0);
      expect(multiplyHigh(a, b), `${a} * ${b}`).toBe(int32(product >> 32n));
    }
  }
});

test('a product of 64 bits is the exact one, cut', () => {
  fc.assert(
    fc.property(word, word, word, word, (aHigh, aLow, bHigh, bLow) => {
      const product = unsigned(aHigh, aLow) * unsigned(bHigh, bLow);
      expect(productHigh(aHigh, aLow, bHigh, bLow)).toBe(int32(product >> 32n));
    }),
  );
});

test('a sum that came out smaller than an addend has a carry', () => {
  fc.assert(
    fc.property(word, word, (a, b) => {
      const sum = (a + b) | 0;
      const exact = (a >>> 0) + (b >>> 0);
      expect(carryOf(sum, b)).toBe(exact > 0xffff_ffff ? 1 : 0);
    }),
  );
});
