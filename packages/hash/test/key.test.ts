import { expect, test } from 'vitest';

import { checkedHalf, checkedUint64, highHalf, lowHalf } from '../src/key.ts';

test('a half keeps its 32 bits and gets a sign', () => {
  expect(checkedHalf('key', 0)).toBe(0);
  expect(checkedHalf('key', 0x7fff_ffff)).toBe(0x7fff_ffff);
  expect(checkedHalf('key', 0xffff_ffff)).toBe(-1);
  expect(checkedHalf('key', -0)).toBe(0);
});

test('halves of 64 bits', () => {
  expect(highHalf(0xffff_fffe_8000_0000n)).toBe(-2);
  expect(lowHalf(0xffff_fffe_8000_0000n)).toBe(-0x8000_0000);
});

test('names what it refuses', () => {
  expect(() => checkedHalf('key.low', 1.5)).toThrow(
    'key.low: expected an integer in 0..2^32-1, got 1.5',
  );
  expect(() => checkedUint64('seed', -1n)).toThrow(
    'seed: expected an integer in 0..2^64-1, got -1',
  );
});
