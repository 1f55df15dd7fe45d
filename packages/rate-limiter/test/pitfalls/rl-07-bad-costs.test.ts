/**
 * A cost of -50 is a credit, NaN disables a key for good, and the string '2' is joined to a number.
 *
 * Protection: `assertCost`, before anything is looked at.
 */
import { expect, test } from 'vitest';

import { gcra, MemoryStore, RateLimiter } from '../../src/index.ts';

const policy = gcra({ limit: 5, windowMs: 1_000 });
const bad = [Number.NaN, -1, -0.5, 0.5, 1.5, Infinity, -Infinity, 2 ** 31, 2 ** 53];

test('costs that are none are refused, and nothing has changed', () => {
  const limiter = new RateLimiter({ policy });
  for (const cost of bad) {
    expect(() => limiter.take('k', { cost, nowMs: 0 })).toThrow(RangeError);
    expect(() => limiter.admit('k', { cost, nowMs: 0 })).toThrow(RangeError);
    expect(() => limiter.peek('k', { cost, nowMs: 0 })).toThrow(RangeError);
    expect(() => limiter.penalize('k', cost, { nowMs: 0 })).toThrow(RangeError);
    const checks = [{ key: 'k', policy, cost }];
    expect(() => new MemoryStore().take(checks, 0)).toThrow(RangeError);
  }
  const text = Object.assign({ nowMs: 0, cost: 1 }, { cost: '2' });
  expect(() => limiter.take('k', text)).toThrow(TypeError);
  expect(() => limiter.admit('k', text)).toThrow(TypeError);
  expect(limiter.stats.keyCount).toBe(0);
  expect(limiter.peek('k', { nowMs: 0 }).remaining).toBe(5);
});

test('times that are none are refused, and nothing has changed', () => {
  const limiter = new RateLimiter({ policy });
  for (const nowMs of [Number.NaN, -1, Infinity, -Infinity, 2 ** 53]) {
    expect(() => limiter.take('k', { nowMs })).toThrow(RangeError);
    expect(() => limiter.admit('k', { nowMs })).toThrow(RangeError);
  }
  const text = Object.assign({ nowMs: 0 }, { nowMs: '2' });
  expect(() => limiter.take('k', text)).toThrow(TypeError);
  expect(() => limiter.admit('k', text)).toThrow(TypeError);
  expect(limiter.stats.keyCount).toBe(0);
});
