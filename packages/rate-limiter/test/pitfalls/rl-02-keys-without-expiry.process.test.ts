/**
 * Elsewhere: a key is written in one command and gets its expiry in another, or gets none because a
 * number is compared with a text; a crash between the two, a refund before the first charge or a
 * restore leaves a key that limits for ever.
 *
 * Protection: every write of a script is one `SET … PX` (`take-scripts.ts`, `admin-scripts.ts`).
 */
import { describe, expect, test } from 'vitest';

import { fivePerSecond } from '../../src/contract/scene.ts';
import { redisScene } from '../support/redis-scene.ts';
import { redisIsMissing } from '../support/redis-server.ts';

describe.skipIf(redisIsMissing)('every key in Redis has an expiry', () => {
  const scene = redisScene();

  async function expectExpiries(): Promise<void> {
    for (const name of await scene.redis.keys('*')) {
      if (name.startsWith('clock')) continue;
      expect(await scene.redis.pttl(name), name).toBeGreaterThan(0);
    }
  }

  test.each(fivePerSecond)('$kind $name: whatever is done to it', async (policy) => {
    const { store } = scene;
    const check = { key: 'k', policy, cost: 1 };
    const { chargeId = '' } = await store.take([check]);
    await expectExpiries();
    await store.take([{ ...check, cost: 0 }]);
    await store.take([{ ...check, cost: 5 }]);
    await store.take([check, { ...check, key: 'other', cost: 5 }]);
    await expectExpiries();
    await store.block('k', policy, 60_000);
    await store.refund(chargeId);
    await expectExpiries();
    await store.block('k', policy, 0);
    await expectExpiries();
    await store.reset('k', policy);
    await store.refund(chargeId);
    await store.block('k', policy, 0);
    await expectExpiries();
  });

  test.each(fivePerSecond)('$kind $name: a refund before any charge writes no state', async (p) => {
    const { store } = scene;
    const { chargeId = '' } = await store.take([{ key: 'k', policy: p, cost: 1 }]);
    await store.reset('k', p);
    await store.refund(chargeId);
    const names = await scene.redis.keys('quorate:*');
    expect(names.filter((name) => !name.includes(':refunded'))).toEqual([]);
  });

  test.each(fivePerSecond)('$kind $name: one that lost its expiry gets it back', async (policy) => {
    const { store } = scene;
    await store.take([{ key: 'k', policy, cost: 1 }]);
    for (const name of await scene.redis.keys('quorate:*')) await scene.redis.persist(name);
    await store.take([{ key: 'k', policy, cost: 1 }]);
    await expectExpiries();
    for (const name of await scene.redis.keys('quorate:*')) await scene.redis.persist(name);
    await store.block('k', policy, 10);
    await expectExpiries();
  });
});
