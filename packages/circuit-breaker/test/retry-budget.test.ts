import { describe, expect, test } from 'vitest';

import { RetryBudget } from '../src/retry-budget.ts';

describe('a retry budget', () => {
  test('lets one retry out for each token', () => {
    const budget = new RetryBudget({ burst: 2, perSecond: 0 });
    expect([1, 2, 3].map(() => budget.tryWithdraw(0))).toEqual([true, true, false]);
  });

  test('gets a fraction of a token from each call, to the last millionth', () => {
    const budget = new RetryBudget({ ratio: 0.1, initial: 0, perSecond: 0 });
    for (let call = 0; call < 9; call += 1) budget.deposit();
    expect(budget.tryWithdraw(0)).toBe(false);
    budget.deposit();
    expect(budget.tryWithdraw(0)).toBe(true);
    expect(budget.balance).toBe(0);
  });

  test('saves up no more than its burst', () => {
    const budget = new RetryBudget({ ratio: 1, burst: 3, perSecond: 0 });
    for (let call = 0; call < 100; call += 1) budget.deposit();
    expect(budget.balance).toBe(3);
  });

  test('gets tokens with time, counted from the first retry that it is asked for', () => {
    const budget = new RetryBudget({ initial: 0, perSecond: 2 });
    expect(budget.tryWithdraw(1_000_000)).toBe(false);
    expect(budget.tryWithdraw(1_000_499)).toBe(false);
    expect(budget.tryWithdraw(1_000_500)).toBe(true);
  });

  test('mints nothing while the clock goes back and forth', () => {
    const budget = new RetryBudget({ initial: 0, perSecond: 1 });
    expect(budget.tryWithdraw(5_000)).toBe(false);
    expect(budget.tryWithdraw(0)).toBe(false);
    expect(budget.tryWithdraw(5_000)).toBe(false);
    expect(budget.tryWithdraw(6_000)).toBe(true);
  });

  test.each([
    [{ ratio: -0.1 }, 'ratio: expected a number in 0..1, got -0.1'],
    [{ ratio: 1.1 }, 'ratio: expected a number in 0..1, got 1.1'],
    [{ ratio: NaN }, 'ratio: expected a number in 0..1, got NaN'],
    [{ burst: 0 }, 'burst: expected a number in 1..1000000, got 0'],
    [{ burst: 2 ** 53 }, 'burst: expected a number in 1..1000000, got 9007199254740992'],
    [{ initial: 11 }, 'initial: expected a number in 0..10, got 11'],
    [{ perSecond: Infinity }, 'perSecond: expected a number in 0..1000000, got Infinity'],
  ])('refuses %o', (options, message) => {
    expect(() => new RetryBudget(options)).toThrow(new RangeError(message));
  });
});
