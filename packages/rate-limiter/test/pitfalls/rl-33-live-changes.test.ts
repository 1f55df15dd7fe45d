/**
 * A limit is changed while it is in use, and everybody is let through at once or nobody for a long
 * time.
 *
 * Protection: a state means the same under each policy of one kind and name, by the rule that
 * `RateLimiter.update` states.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { createAlgorithm } from '../../src/algorithms/create-algorithm.ts';
import { RateLimiter } from '../../src/index.ts';
import { capacityOf, makers } from '../support/policies.ts';

const numbers = fc.record({
  limit: fc.integer({ min: 1, max: 40 }),
  windowMs: fc.integer({ min: 1, max: 5_000 }),
});

test.each(makers)('%s: a change floods nobody and locks out nobody', (_title, make) => {
  fc.assert(
    fc.property(numbers, numbers, fc.integer({ min: 0, max: 6_000 }), (from, to, elapsedMs) => {
      const before = make(from.limit, from.windowMs, from.limit);
      const after = make(to.limit, to.windowMs, to.limit);
      const limiter = new RateLimiter({ policy: before });
      while (limiter.take('k', { nowMs: 50_000 }).kind === 'admitted');
      const nowMs = 50_000 + elapsedMs;
      limiter.update(after);
      let admitted = 0;
      while (limiter.take('k', { nowMs }).kind === 'admitted') admitted += 1;
      expect(admitted).toBeLessThanOrEqual(capacityOf(after));
      const last = limiter.take('k', { nowMs });
      const longestMs = (2 * createAlgorithm(after).horizonUs) / 1_000;
      if (last.kind === 'limited') expect(last.retryAfterMs).toBeLessThanOrEqual(longestMs + 0.001);
    }),
    { numRuns: 300 },
  );
});

test.each(makers)(
  '%s: a limit that is raised or lowered and put back gives nothing',
  (_title, make) => {
    const limiter = new RateLimiter({ policy: make(10, 1_000, 10) });
    while (limiter.take('k', { nowMs: 0 }).kind === 'admitted');
    for (const limit of [20, 5, 1, 40]) {
      limiter.update(make(limit, 1_000, limit));
      limiter.update(make(10, 1_000, 10));
    }
    expect(limiter.peek('k', { cost: 0, nowMs: 0 }).remaining).toBe(0);
  },
);

test('another kind or name is another limit', () => {
  const [first, second] = makers;
  const limiter = new RateLimiter({ policy: first![1](1, 1, 1) });
  expect(() => limiter.update(second![1](1, 1, 1))).toThrow(RangeError);
  expect(() => limiter.update({ ...first![1](1, 1, 1), name: 'other' })).toThrow(RangeError);
});
