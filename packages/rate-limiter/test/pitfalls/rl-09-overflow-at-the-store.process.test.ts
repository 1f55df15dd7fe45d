/**
 * Elsewhere: a counter grows with every request, those that are denied included, until the server's
 * 64-bit integers overflow; the error that follows is taken for an outage, and opens the limit.
 *
 * Protection: a denial is not written, a cost has 31 bits (`checks.ts`), and an error of the store
 * is a rejection, never a decision.
 */
import { describe, expect, test } from 'vitest';

import { fivePerSecond } from '../../src/contract/scene.ts';
import { redisScene } from '../support/redis-scene.ts';
import { redisIsMissing } from '../support/redis-server.ts';

describe.skipIf(redisIsMissing)('huge costs, again and again', () => {
  const scene = redisScene();

  test.each(fivePerSecond)('$kind $name: change nothing at the store', async (policy) => {
    const { store, redis } = scene;
    const huge = { key: 'k', policy, cost: 2 ** 31 - 1, headroom: 2 ** 31 - 1 };
    await store.take([{ key: 'k', policy, cost: 4 }]);
    const [name = ''] = await redis.keys('quorate:*');
    const before = await redis.get(name);
    for (let count = 0; count < 100; count += 1) {
      const { decisions } = await store.take([huge]);
      expect(decisions[0]).toMatchObject({ kind: 'limited', reason: 'costAboveLimit' });
    }
    expect(await redis.get(name)).toBe(before);
  });

  test('a value that is none is an error, and neither open nor a limit', async () => {
    const { store, redis } = scene;
    const policy = fivePerSecond[0]!;
    await store.take([{ key: 'k', policy, cost: 1 }]);
    const [name = ''] = await redis.keys('quorate:*');
    await redis.set(name, 'x');
    const taking = store.take([{ key: 'k', policy, cost: 1 }]);
    await expect(taking).rejects.toMatchObject({ code: 'RATE_LIMIT_STORE_FAILED' });
  });
});
