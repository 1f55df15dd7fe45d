/**
 * Every denied call counts on, so that a client that keeps trying never comes back in, and each of
 * its calls is a write.
 *
 * Protection: a denial charges nothing; who was denied a million times waits as long as who was
 * once.
 */
import { expect, test } from 'vitest';

import { RateLimiter } from '../../src/index.ts';
import { makers } from '../support/policies.ts';

test.each(makers)('%s: a million denials change no state and prolong nothing', (_title, make) => {
  const limiter = new RateLimiter({ policy: make(2, 60_000, 2) });
  limiter.take('k', { cost: 2, nowMs: 0 });
  const before = limiter.dump({ nowMs: 0 }).ledgers;
  const first = limiter.take('k', { nowMs: 0 });
  for (let count = 0; count < 1_000_000; count += 1) limiter.take('k', { nowMs: 0 });
  expect(limiter.take('k', { nowMs: 0 })).toEqual(first);
  expect(limiter.dump({ nowMs: 0 }).ledgers).toEqual(before);
  const waitMs = first.kind === 'limited' ? first.retryAfterMs : 0;
  expect(limiter.take('k', { nowMs: waitMs }).kind).toBe('admitted');
});
