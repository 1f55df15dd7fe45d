/**
 * The wall clock is set back by an hour, and a limit of one second lasts an hour.
 *
 * Protection: the clock that counts is the monotonic one; the wall clock is only written into
 * dumps.
 */
import { expect, test } from 'vitest';

import { gcra, RateLimiter } from '../../src/index.ts';
import { ManualClock } from '../support/manual-clock.ts';

test.each([3_600_000, -3_600_000])(
  'a wall clock that jumps by %i ms changes nothing',
  async (byMs) => {
    const clock = new ManualClock();
    const limiter = new RateLimiter({ policy: gcra({ limit: 1, windowMs: 1_000 }), clock });
    expect(limiter.take('k').kind).toBe('admitted');
    clock.jumpWall(byMs);
    expect(limiter.take('k')).toMatchObject({ kind: 'limited', retryAfterMs: 1_000 });
    await clock.advance(1_000);
    expect(limiter.take('k').kind).toBe('admitted');
  },
);

test('a caller whose own clock steps back waits at most twice as long, and gains nothing', () => {
  const limiter = new RateLimiter({ policy: gcra({ limit: 2, windowMs: 1_000 }) });
  const laterMs = 10_000_000;
  limiter.take('k', { cost: 2, nowMs: laterMs });
  const backMs = laterMs - 3_600_000;
  const limited = limiter.take('k', { nowMs: backMs });
  expect(limited).toMatchObject({ kind: 'limited', retryAfterMs: 500 });
  expect(limiter.take('k', { nowMs: backMs + 500 }).kind).toBe('admitted');
});
