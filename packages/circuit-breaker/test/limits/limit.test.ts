import { describe, expect, test } from 'vitest';

import { checkedLimitRange, clamped, isIdle } from '../../src/limits/limit.ts';

describe('the range of a limit', () => {
  test('begins at 20, or as near as it may', () => {
    expect(checkedLimitRange({}, 200)).toEqual({ initialLimit: 20, minLimit: 1, maxLimit: 200 });
    expect(checkedLimitRange({ maxLimit: 5 }, 200).initialLimit).toBe(5);
    expect(checkedLimitRange({ minLimit: 50 }, 200).initialLimit).toBe(50);
    expect(checkedLimitRange({ minLimit: 300 }, 200).maxLimit).toBe(300);
  });

  test.each([
    [{ minLimit: 0 }, 'minLimit: expected an integer in 1..1000000, got 0'],
    [{ minLimit: 1.5 }, 'minLimit: expected an integer in 1..1000000, got 1.5'],
    [{ maxLimit: NaN }, 'maxLimit: expected an integer in 1..1000000, got NaN'],
    [{ maxLimit: 2 ** 53 }, 'maxLimit: expected an integer in 1..1000000, got 9007199254740992'],
    [{ minLimit: 9, maxLimit: 8 }, 'maxLimit: expected an integer in 9..1000000, got 8'],
    [{ initialLimit: 201 }, 'initialLimit: expected an integer in 1..200, got 201'],
  ])('refuses %o', (range, message) => {
    expect(() => checkedLimitRange(range, 200)).toThrow(new RangeError(message));
  });
});

test('a value beyond the range becomes its end', () => {
  const range = checkedLimitRange({ minLimit: 2, maxLimit: 8, initialLimit: 4 }, 200);
  expect([1, 5, 9].map((value) => clamped(value, range))).toEqual([2, 5, 8]);
});

test('less than half of the limit in use is idle', () => {
  expect(isIdle(9, 20)).toBe(true);
  expect(isIdle(10, 20)).toBe(false);
});
