/**
 * A cost above the limit waits for ever, or is told to come back in a negative time.
 *
 * Protection: `capacity` is compared first, and the answer says never.
 */
import { expect, test } from 'vitest';

import { RateLimiter, Reservations } from '../../src/index.ts';
import { gcra } from '../../src/policy.ts';
import { LeakyQueue } from '../../src/waiting/leaky-queue.ts';
import { makers } from '../support/policies.ts';

const never = { kind: 'limited', reason: 'costAboveLimit' };

test.each(makers)('%s: says at once that it never fits', (_title, make) => {
  const limiter = new RateLimiter({ policy: make(10, 1_000, 10) });
  for (const cost of [11, 1_000, 2 ** 31 - 1]) {
    const decision = limiter.take('k', { cost, nowMs: 0 });
    expect(decision).toMatchObject({ ...never, retryAfterMs: Infinity, remaining: 10 });
  }
});

test('nobody waits for what never fits', async () => {
  const policy = gcra({ limit: 10, windowMs: 1_000 });
  const queue = new LeakyQueue({ limiter: new RateLimiter({ policy }) });
  expect(await queue.wait('k', { cost: 11 })).toMatchObject(never);
  const schedule = new Reservations(policy);
  expect(schedule.reserve({ cost: 11, nowMs: 0, maxWaitMs: 1e12 })).toMatchObject(never);
});
