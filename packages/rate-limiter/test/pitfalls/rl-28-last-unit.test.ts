/**
 * Several callers read that one is left, and all of them take it.
 *
 * Protection: reading and charging are one step without a wait in between, in memory and in the
 * contract of stores.
 */
import { expect, test } from 'vitest';

import { createMemoryRateLimitStore, gcra, SharedRateLimiter } from '../../src/index.ts';

test('of a thousand concurrent callers one gets the last unit', async () => {
  const limiter = new SharedRateLimiter({ store: createMemoryRateLimitStore() });
  const policy = gcra({ limit: 2, windowMs: 60_000 });
  await limiter.take({ key: 'k', policy, cost: 1 });
  const all = await Promise.all(
    Array.from({ length: 1_000 }, () => limiter.take({ key: 'k', policy, cost: 1 })),
  );
  expect(all.filter(({ kind }) => kind === 'admitted')).toHaveLength(1);
  await limiter.close();
});
