import { expect, test } from 'vitest';

import { checkShedRange, shedProbability } from '../src/shed-probability.ts';

test('rises on a line from the begin of the range to its end', () => {
  const range = { from: 0.5, to: 1 };
  const shares = [0, 0.5, 0.625, 0.75, 1, 7].map((used) => shedProbability(range, used));
  expect(shares).toEqual([0, 0, 0.25, 0.5, 1, 1]);
});

test('a range without length is a threshold', () => {
  const range = { from: 1, to: 1 };
  expect([0.99, 1, 1.01].map((used) => shedProbability(range, used))).toEqual([0, 0, 1]);
});

test('what is no number refuses nothing', () => {
  expect(shedProbability({ from: 0, to: 1 }, NaN)).toBe(0);
  expect(shedProbability({ from: 0, to: 1 }, Infinity)).toBe(1);
});

test.each([
  [{ from: -1, to: 1 }, 'class.from: expected a number in 0..10, got -1'],
  [{ from: NaN, to: 1 }, 'class.from: expected a number in 0..10, got NaN'],
  [{ from: 1, to: 0.5 }, 'class.to: expected a number in 1..10, got 0.5'],
  [{ from: 1, to: Infinity }, 'class.to: expected a number in 1..10, got Infinity'],
])('refuses %o', (range, message) => {
  expect(() => checkShedRange('class', range)).toThrow(new RangeError(message));
});
