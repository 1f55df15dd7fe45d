import fc from 'fast-check';
import { expect, test } from 'vitest';

import {
  addNumber,
  containsRuns,
  gapCountOf,
  gapsOf,
  hasNumber,
  isRuns,
  prefixOf,
  unionOfRuns,
} from '../src/number-runs.ts';

const LARGEST = 24;
const numbers = fc.uniqueArray(fc.integer({ min: 1, max: LARGEST }), { maxLength: LARGEST });

function runsOf(values: Iterable<number>): number[] {
  const runs: number[] = [];
  for (const value of values) addNumber(runs, value);
  return runs;
}

/** The set that runs say, number by number. */
function setOf(runs: readonly number[]): number[] {
  const all = Array.from({ length: LARGEST }, (_, index) => index + 1);
  return all.filter((value) => hasNumber(runs, value));
}

test('runs grow, join and stay apart', () => {
  expect(runsOf([1, 2, 3, 5, 9, 10])).toEqual([1, 3, 5, 5, 9, 10]);
  expect(runsOf([5, 3, 4])).toEqual([3, 5]);
  expect(addNumber(runsOf([1, 3]), 2)).toBe(true);
  expect(addNumber(runsOf([1, 3]), 3)).toBe(false);
  expect(runsOf([2 ** 53 - 1, 2 ** 53 - 2])).toEqual([2 ** 53 - 2, 2 ** 53 - 1]);
});

test('runs are the set of what was added, and the only runs of that set', () => {
  fc.assert(
    fc.property(numbers, (values) => {
      const runs = runsOf(values);
      const sorted = values.toSorted((left, right) => left - right);
      expect(setOf(runs)).toEqual(sorted);
      expect(runs).toEqual(runsOf(sorted));
    }),
  );
});

test('union, containment, gaps and prefix are those of sets', () => {
  fc.assert(
    fc.property(numbers, numbers, (left, right) => {
      const [one, other] = [runsOf(left), runsOf(right)];
      expect(unionOfRuns(one, other)).toEqual(runsOf([...left, ...right]));
      expect(containsRuns(one, other)).toBe(right.every((value) => left.includes(value)));
      const largest = Math.max(0, ...left);
      const all = Array.from({ length: largest }, (_, index) => index + 1);
      expect(gapsOf(one)).toEqual(runsOf(all.filter((value) => !left.includes(value))));
      expect(gapCountOf(one)).toBe(gapsOf(one).length / 2);
      expect(prefixOf(one)).toBe((gapsOf(one)[0] ?? largest + 1) - 1);
    }),
  );
});

test.each([
  [[], true],
  [[1, 1, 3, 9], true],
  [[0, 1], false],
  [[1, 2, 3, 4], false],
  [[3, 4, 1, 1], false],
  [[3, 2], false],
  [[1], false],
  [[1, NaN], false],
  [[1, 2 ** 53], false],
])('%j are runs: %j', (runs, are) => {
  expect(isRuns(runs)).toBe(are);
});
