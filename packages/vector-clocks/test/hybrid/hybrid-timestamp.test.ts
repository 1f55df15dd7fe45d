import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  checkTimestamp,
  compareTimestamps,
  formatTimestamp,
  type HybridTimestamp,
  parseTimestamp,
  timestampFromBigint,
  timestampHigh,
  timestampLow,
  timestampOfHalves,
  timestampToBigint,
} from '../../src/hybrid/hybrid-timestamp.ts';
import { anyTimestamp, noTimestamps } from '../support/hybrid.ts';

/** The definition: one number of 64 bits. */
function asNumber({ wallMs, counter }: HybridTimestamp): bigint {
  return (BigInt(wallMs) << 16n) | BigInt(counter);
}

function signOf(value: number | bigint): number {
  return value < 0 ? -1 : value > 0 ? 1 : 0;
}

describe('halves, digits and bigints of a timestamp', () => {
  test('are those of its 64 bits, and bring it back', () => {
    fc.assert(
      fc.property(anyTimestamp, (timestamp) => {
        const bits = asNumber(timestamp);
        const [high, low] = [timestampHigh(timestamp), timestampLow(timestamp)];

        expect([BigInt(high), BigInt(low)]).toEqual([bits >> 32n, bits & 0xffff_ffffn]);
        expect(timestampOfHalves(high, low)).toEqual(timestamp);
        expect(timestampToBigint(timestamp)).toBe(bits);
        expect(timestampFromBigint(bits)).toEqual(timestamp);
        expect(formatTimestamp(timestamp)).toBe(bits.toString(16).padStart(16, '0'));
        expect(parseTimestamp(formatTimestamp(timestamp))).toEqual(timestamp);
      }),
      { numRuns: 2_000 },
    );
  });

  test('sort as timestamps do', () => {
    fc.assert(
      fc.property(anyTimestamp, anyTimestamp, (left, right) => {
        const order = signOf(compareTimestamps(left, right));

        expect(signOf(asNumber(left) - asNumber(right))).toBe(order);
        expect(signOf(timestampToBigint(left) - timestampToBigint(right))).toBe(order);
        const [first, second] = [formatTimestamp(left), formatTimestamp(right)];
        expect(first < second ? -1 : first > second ? 1 : 0).toBe(order);
      }),
      { numRuns: 2_000 },
    );
  });

  test('are the same number in a signed column until 2^47 ms, and negative from then on', () => {
    fc.assert(
      fc.property(anyTimestamp, (timestamp) => {
        const stored = BigInt.asIntN(64, timestampToBigint(timestamp));
        expect(stored === timestampToBigint(timestamp)).toBe(timestamp.wallMs < 2 ** 47);
        expect(stored >= 0n).toBe(timestamp.wallMs < 2 ** 47);
      }),
    );
    expect(new Date(2 ** 47).getUTCFullYear()).toBe(6429);
    expect(new Date(2 ** 48 - 1).getUTCFullYear()).toBe(10_889);
  });
});

test.each([
  '',
  '019b76da9800000',
  '019b76da980000010',
  '019B76DA98000001',
  '019b76da9800000g',
  ' 19b76da98000001',
  '-19b76da98000001',
  '0x9b76da98000001',
  '019b76da98000001\n',
  '１19b76da98000001',
  '\ud80019b76da98000001',
  '__proto__',
])('%j is no timestamp', (text) => {
  expect(parseTimestamp(text)).toBeUndefined();
});

test.each([-1n, 2n ** 64n, -(2n ** 63n)])('%s is no timestamp', (value) => {
  expect(() => timestampFromBigint(value)).toThrow(
    new RangeError(`value: expected 0..2^64-1, got ${value}`),
  );
});

test.each([
  [-1, 0],
  [0, 2 ** 32],
  [0.5, 0],
  [0, Number.NaN],
])('%s and %s are no halves', (high, low) => {
  expect(() => timestampOfHalves(high, low)).toThrow(
    new RangeError(`halves: expected integers in 0..2^32-1, got ${high} and ${low}`),
  );
});

test.each(noTimestamps)('%j is refused', (value, message) => {
  const timestamp = value as HybridTimestamp;
  expect(() => checkTimestamp('t', timestamp)).toThrow(new RangeError(`t${message}`));
  expect(() => formatTimestamp(timestamp)).toThrow(new RangeError(`timestamp${message}`));
  expect(() => timestampToBigint(timestamp)).toThrow(new RangeError(`timestamp${message}`));
});
