/**
 * Elsewhere: names are glued with a delimiter that keys may hold, so that `a:b` under `c` is `a`
 * under `b:c`, and one user's requests count for another.
 *
 * Protection: each step of the encoding can be undone (`key-encoding.ts`).
 */
import { describe, expect, test } from 'vitest';

import { gcra } from '../../src/policy.ts';
import { RedisStore } from '../../src/redis/redis-store.ts';
import { redisScene } from '../support/redis-scene.ts';
import { redisIsMissing } from '../support/redis-server.ts';

describe.skipIf(redisIsMissing)('delimiters in names and keys', () => {
  const scene = redisScene();
  const parts = ['a', ':', '|', '{', '}', '.', '#', '%', '%7c'];
  const texts = parts.flatMap((left) => parts.map((right) => left + right));

  test.each([
    ['the key', (key: string) => key],
    ['its first character', (key: string) => key.slice(0, 1)],
  ])('every name and key is counted apart, tagged by %s', async (_title, hashTag) => {
    const store = new RedisStore({ client: scene.redis, hashTag });
    for (const name of ['a', 'a:', ':', '|', 'a|', '}', '{a}', '%7c']) {
      const policy = gcra({ name, limit: 5, windowMs: 3_600_000 });
      for (const key of texts) {
        const { decisions } = await store.take([{ key, policy, cost: 1 }]);
        expect(decisions[0]?.remaining, `${name} ${key}`).toBe(4);
      }
    }
  });
});
