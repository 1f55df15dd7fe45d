/**
 * Elsewhere: a window of half a second is rounded to a whole number of seconds, 0, with which the
 * key never expires: after its limit a client is refused for ever.
 *
 * Protection: microseconds in the state, milliseconds rounded up for the expiry
 * (`take-scripts.ts`).
 */
import { describe, expect, test } from 'vitest';

import { fivePerSecond } from '../../src/contract/scene.ts';
import { startUs, redisScene } from '../support/redis-scene.ts';
import { redisIsMissing } from '../support/redis-server.ts';
import { RedisStore } from '../../src/redis/redis-store.ts';

describe.skipIf(redisIsMissing)('a window of half a second', () => {
  const scene = redisScene();

  test.each(fivePerSecond)('$kind $name: ends', async (policy) => {
    const store = new RedisStore({ client: scene.clocked });
    const short = { ...policy, windowMs: 500 };
    const take = async (cost: number) => {
      const { decisions } = await store.take([{ key: 'k', policy: short, cost }]);
      return decisions[0]?.kind;
    };
    expect(await take(5)).toBe('admitted');
    expect(await take(5)).toBe('limited');
    await scene.clocked.setNowUs(startUs + 1_000_000);
    expect(await take(5)).toBe('admitted');
  });

  test.each(fivePerSecond)('$kind $name: leaves no key behind', async (policy) => {
    const { store, redis } = scene;
    await store.take([{ key: 'k', policy: { ...policy, windowMs: 500 }, cost: 5 }]);
    const [name = ''] = await redis.keys('quorate:*');
    const leftMs = await redis.pttl(name);
    expect(leftMs).not.toBe(-1);
    expect(leftMs).toBeLessThanOrEqual(policy.kind === 'gcra' ? 11_002 : 1_002);
    if (policy.kind === 'gcra') return;
    // Redis expires by its own clock: the test waits for that, however long it takes.
    while ((await redis.exists(name)) === 1) await new Promise(setImmediate);
    const { decisions } = await store.take([{ key: 'k', policy, cost: 5 }]);
    expect(decisions[0]?.kind).toBe('admitted');
  });
});
