/**
 * A loop over denied calls never lets the event loop have its turn: each denial settles at once, so
 * that no timer fires and no socket is read.
 *
 * Protection: after some denials in a row the limiter waits for a timer itself.
 */
import { expect, test } from 'vitest';

import { createMemoryRateLimitStore, gcra, SharedRateLimiter } from '../../src/index.ts';

test('a timer fires while a loop is denied again and again', async () => {
  const limiter = new SharedRateLimiter({ store: createMemoryRateLimitStore() });
  const policy = gcra({ limit: 1, windowMs: 86_400_000 });
  const fired: number[] = [];
  setTimeout(() => fired.push(1), 0);
  let deniedCount = 0;
  while (fired.length === 0) {
    if ((await limiter.take({ key: 'k', policy, cost: 1 })).kind === 'limited') deniedCount += 1;
  }
  expect(deniedCount).toBeGreaterThan(0);
  await limiter.close();
});
