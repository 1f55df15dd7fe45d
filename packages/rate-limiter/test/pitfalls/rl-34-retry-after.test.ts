/**
 * A client waits as long as it was told and is denied again; or is told the end of the window,
 * which is long after it would have been admitted.
 *
 * Protection: each algorithm solves for the first instant that admits, in whole microseconds.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { RateLimiter } from '../../src/index.ts';
import { calls, makers, numbersOfPolicy, unitsOf } from '../support/policies.ts';

test.each(makers)('%s: waiting so long suffices, a millisecond less does not', (_title, make) => {
  fc.assert(
    fc.property(numbersOfPolicy, calls, (numbers, steps) => {
      const policy = make(numbers.limit, numbers.windowMs, numbers.burst);
      const limiter = new RateLimiter({ policy });
      let nowMs = 0;
      for (const { elapsed, cost } of steps) {
        nowMs += Math.round(elapsed * policy.windowMs);
        const options = { cost: unitsOf(policy, cost) };
        const decision = limiter.take('k', { ...options, nowMs });
        if (decision.kind === 'admitted' || decision.retryAfterMs === Infinity) continue;
        const { retryAfterMs } = decision;
        const earlyMs = nowMs + Math.max(0, retryAfterMs - 1);
        expect(limiter.peek('k', { ...options, nowMs: earlyMs }).kind).toBe('limited');
        nowMs += retryAfterMs;
        expect(limiter.take('k', { ...options, nowMs }).kind).toBe('admitted');
      }
    }),
    { numRuns: 200 },
  );
});
