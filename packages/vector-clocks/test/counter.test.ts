import { expect, test } from 'vitest';

import { checkCounter, COUNTER_MAX, successor } from '../src/counter.ts';

test('a counter is an integer up to 2^53-1, and 0 only where it may be', () => {
  expect(checkCounter('n', 1)).toBe(1);
  expect(checkCounter('n', COUNTER_MAX)).toBe(2 ** 53 - 1);
  expect(checkCounter('n', -0, 0)).toBe(0);
  expect(() => checkCounter('n', 0)).toThrow('n: expected an integer in 1..2^53-1, got 0');
});

test.each([-1, 0.5, NaN, Infinity, 2 ** 53])('%d is none', (value) => {
  expect(() => checkCounter('n', value, 0)).toThrow(RangeError);
});

test('what is no number is refused', () => {
  expect(() => checkCounter('n', 1n)).toThrow(new TypeError('n: expected a number, got bigint'));
});

test('every counter but the last has a successor', () => {
  expect(successor('n', 0)).toBe(1);
  expect(successor('n', COUNTER_MAX - 1)).toBe(COUNTER_MAX);
  expect(() => successor('n', COUNTER_MAX)).toThrow(RangeError);
});
