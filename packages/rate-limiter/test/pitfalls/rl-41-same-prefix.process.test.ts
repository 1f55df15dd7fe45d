/**
 * Elsewhere: two limiters share a prefix and have other settings, and each reads what the other has
 * written as if it were its own: a counter as a time, a time as a list.
 *
 * Protection: a name carries the kind of the policy, the version of what is stored, and the
 * policy's name (`key-encoding.ts`); what shares all of these is one limit that changes.
 */
import { describe, expect, test } from 'vitest';

import { fivePerSecond } from '../../src/contract/scene.ts';
import type { RatePolicy } from '../../src/policy.ts';
import { RedisLeases } from '../../src/redis/redis-leases.ts';
import { RedisStore } from '../../src/redis/redis-store.ts';
import { redisScene } from '../support/redis-scene.ts';
import { redisIsMissing } from '../support/redis-server.ts';

describe.skipIf(redisIsMissing)('limiters of one prefix', () => {
  const scene = redisScene();

  test('of other kinds are apart, by names that say the kind and a version', async () => {
    const { store, redis } = scene;
    const kinds = fivePerSecond.filter(
      ({ kind }, index) => fivePerSecond.findIndex((one) => one.kind === kind) === index,
    );
    const alike = kinds.map((policy): RatePolicy => ({ ...policy, name: 'x' }));
    for (const policy of alike) {
      const { decisions } = await store.take([{ key: 'k', policy, cost: 5 }]);
      expect(decisions[0]).toMatchObject({ kind: 'admitted', remaining: 0 });
    }
    const leases = new RedisLeases({ client: redis, name: 'x', limit: 1 });
    expect(await leases.acquire('k')).toMatchObject({ kind: 'admitted' });
    const names = await redis.keys('quorate:*');
    expect(names).toHaveLength(6);
    for (const name of names) expect(name).toMatch(/^quorate:[a-z]+\d:\{\.k\}x$/);
  });

  test('of one kind and name are one limit, whatever their settings', async () => {
    const { store } = scene;
    const limitOf = (limit: number): RatePolicy => ({
      kind: 'gcra',
      name: 'x',
      windowMs: 3_600_000,
      limit,
      burst: limit,
    });
    await store.take([{ key: 'k', policy: limitOf(10), cost: 5 }]);
    const { decisions } = await store.take([{ key: 'k', policy: limitOf(100), cost: 0 }]);
    // Half of the window is used up, under either.
    expect(decisions[0]?.remaining).toBe(50);
  });

  test('of other prefixes are apart', async () => {
    const check = { key: 'k', policy: fivePerSecond[0]!, cost: 5 };
    for (const prefix of ['a', 'a:gcra1', 'b']) {
      const { decisions } = await new RedisStore({ client: scene.redis, prefix }).take([check]);
      expect(decisions[0]?.kind, prefix).toBe('admitted');
    }
  });
});
