/**
 * A window of 30 days is a timer of more than 2^31 milliseconds, which fires at once: the limit is
 * gone before it has begun.
 *
 * Protection: there are no timers; instants are compared.
 */
import { expect, test } from 'vitest';

import { fixedWindow, gcra, RateLimiter, slidingWindowLog } from '../../src/index.ts';
import { ManualClock } from '../support/manual-clock.ts';

const DAY_MS = 86_400_000;

test.each([30, 400])('a limit in %i days holds until they are over', (days) => {
  const options = { limit: 1, windowMs: days * DAY_MS };
  for (const policy of [
    gcra(options),
    slidingWindowLog(options),
    fixedWindow({ ...options, anchor: 'firstRequest' }),
  ]) {
    const clock = new ManualClock();
    const limiter = new RateLimiter({ policy, clock });
    expect(limiter.take('k').kind).toBe('admitted');
    expect(clock.timerCount).toBe(0);
    const limited = limiter.take('k', { nowMs: clock.nowMs() + days * DAY_MS - 1 });
    expect(limited).toMatchObject({ kind: 'limited', retryAfterMs: 1 });
    expect(limiter.take('k', { nowMs: clock.nowMs() + days * DAY_MS }).kind).toBe('admitted');
  }
});
