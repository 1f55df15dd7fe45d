/**
 * Elsewhere: a key is written in one command and gets its expiry in another, or gets none because a
 * number is compared with a text; a crash between the two, a refund before the first charge or a
 * restore leaves a key that limits for ever.
 *
 * Protection: every write of a script is one `SET … PX`, or leaves a key the expiry that it has as
 * long as that suffices, which is within ten seconds (`take-scripts.ts`, `admin-scripts.ts`).
 */
import { describe, expect, test } from 'vitest';

import { fivePerSecond } from '../../src/contract/scene.ts';
import { gcra } from '../../src/policy.ts';
import { RedisStore } from '../../src/redis/redis-store.ts';
import { redisScene, startUs } from '../support/redis-scene.ts';
import { redisIsMissing } from '../support/redis-server.ts';

describe.skipIf(redisIsMissing)('every key in Redis has an expiry', () => {
  const scene = redisScene();

  async function expectExpiries(): Promise<void> {
    for (const name of await scene.redis.keys('*')) {
      if (name.startsWith('clock')) continue;
      // It may be about to expire, or gone already: that is not -1.
      expect(await scene.redis.pttl(name), name).not.toBe(-1);
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
    const store = new RedisStore({ client: scene.clocked });
    await store.take([{ key: 'k', policy, cost: 1 }]);
    for (const name of await scene.redis.keys('quorate:*')) await scene.redis.persist(name);
    await scene.clocked.setNowUs(startUs + 10_000_000);
    await store.take([{ key: 'k', policy, cost: 1 }]);
    await expectExpiries();
    for (const name of await scene.redis.keys('quorate:*')) await scene.redis.persist(name);
    await store.block('k', policy, 10);
    await expectExpiries();
  });

  test('gcra: an expiry that a key keeps suffices for every arrival time it then has', async () => {
    const policy = gcra({ name: 'p', limit: 10_000, windowMs: 60_000 });
    const { store } = scene;
    for (let call = 0; call < 400; call += 1) {
      // Rested and not, one unit and many, the short way and, with a headroom, the long one.
      const [cost, headroom] = [1 + (call % 50), call % 7 === 0 ? 1 : 0];
      const { chargeId = '' } = await store.take([{ key: 'k', policy, cost, headroom }]);
      const arrivalUs = Number(await scene.redis.get('quorate:gcra1:{.k}p'));
      const endOfSlotMs = (Math.floor(arrivalUs / 10_000_000) + 1) * 10_000;
      const expiryMs = await scene.redis.pexpiretime('quorate:gcra1:{.k}p');
      expect(expiryMs, `call ${call}`).toBeGreaterThanOrEqual(endOfSlotMs);
      if (call % 11 === 0) await store.refund(chargeId);
      if (call % 13 === 0) await store.block('k', policy, 0);
    }
  });
});
