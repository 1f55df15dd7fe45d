/**
 * A weighted request that does not fit is denied and charged all the same: the counter stands at
 * ten times its limit, or each denial digs deeper.
 *
 * Protection: `waitUs` changes nothing, and `charge` is called only for what it admitted.
 */
import { expect, test } from 'vitest';

import { RateLimiter } from '../../src/index.ts';
import { makers } from '../support/policies.ts';

test.each(makers)('%s: what is denied is not charged', (_title, make) => {
  const limiter = new RateLimiter({ policy: make(10, 1_000, 10) });
  limiter.take('k', { cost: 6, nowMs: 0 });
  const waits = Array.from({ length: 100 }, () => {
    const decision = limiter.take('k', { cost: 5, nowMs: 0 });
    return decision.kind === 'limited' ? decision.retryAfterMs : 0;
  });
  expect(new Set(waits).size).toBe(1);
  expect(waits[0]).toBeGreaterThan(0);
  expect(limiter.take('k', { cost: 4, nowMs: 0 }).kind).toBe('admitted');
});
