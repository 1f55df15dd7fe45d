import { describe, expect, test } from 'vitest';

import { type BackOff, checkedBackOff, retryDelayMs } from '../src/retry-delay.ts';

const backOff = checkedBackOff({ baseMs: 100, capMs: 1_000 });

describe('the wait before a retry', () => {
  test('doubles up to the cap', () => {
    const bare: BackOff = { ...backOff, jitter: 'none' };
    const waits = [1, 2, 3, 4, 5, 6].map((retry) => retryDelayMs(bare, retry, 100, 0.5));
    expect(waits).toEqual([100, 200, 400, 800, 1_000, 1_000]);
  });

  test('lies anywhere below the ceiling with full jitter', () => {
    expect(retryDelayMs(backOff, 3, 100, 0)).toBe(0);
    expect(retryDelayMs(backOff, 3, 100, 0.5)).toBe(200);
    expect(retryDelayMs(backOff, 30, 100, 0.75)).toBe(750);
  });

  test('lies in the upper half with equal jitter', () => {
    const equal: BackOff = { ...backOff, jitter: 'equal' };
    expect(retryDelayMs(equal, 2, 100, 0)).toBe(100);
    expect(retryDelayMs(equal, 2, 100, 0.5)).toBe(150);
  });

  test('grows from the wait before with decorrelated jitter', () => {
    const decorrelated: BackOff = { ...backOff, jitter: 'decorrelated' };
    expect(retryDelayMs(decorrelated, 1, 100, 0)).toBe(100);
    expect(retryDelayMs(decorrelated, 2, 200, 0.5)).toBe(350);
    expect(retryDelayMs(decorrelated, 9, 1_000, 0.99)).toBe(1_000);
  });

  test('is 0 for a base of 0, whatever the retry', () => {
    expect(retryDelayMs(checkedBackOff({ baseMs: 0 }), 5_000, 0, 0.5)).toBe(0);
  });
});

describe('a back-off', () => {
  test('raises its default cap to a larger base', () => {
    expect(checkedBackOff({ baseMs: 60_000 }).capMs).toBe(60_000);
  });

  test.each([
    [{ baseMs: -1 }, 'baseMs: expected a number in 0..2147483647, got -1'],
    [{ baseMs: NaN }, 'baseMs: expected a number in 0..2147483647, got NaN'],
    [{ baseMs: 2 ** 31 }, 'baseMs: expected a number in 0..2147483647, got 2147483648'],
    [{ capMs: 99 }, 'capMs: expected a number in 100..2147483647, got 99'],
    [{ capMs: Infinity }, 'capMs: expected a number in 100..2147483647, got Infinity'],
    [{ factor: 1 }, 'factor: expected a number in 1.1..10, got 1'],
    [{ factor: Infinity }, 'factor: expected a number in 1.1..10, got Infinity'],
  ])('refuses %o', (options, message) => {
    expect(() => checkedBackOff(options)).toThrow(new RangeError(message));
  });

  test('refuses a jitter that it does not know', () => {
    const options: object = { jitter: 'some' };
    expect(() => checkedBackOff(options)).toThrow(/^jitter: expected one of full, equal/);
  });
});
