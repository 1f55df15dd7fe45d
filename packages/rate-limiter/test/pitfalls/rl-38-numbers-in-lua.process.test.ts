/**
 * Elsewhere: a time in microseconds becomes `1.764e+15` on its way through Lua, a hundred seconds
 * off; or a number is compared with a text, which is false and no error.
 *
 * Protection: numbers go into commands as numbers, which are written with all their digits, and
 * arguments become numbers where they come in (`lua.ts`, `rules.ts`).
 */
import { describe, expect, test } from 'vitest';

import { gcra } from '../../src/policy.ts';
import { RedisStore } from '../../src/redis/redis-store.ts';
import { redisScene } from '../support/redis-scene.ts';
import { redisIsMissing } from '../support/redis-server.ts';

describe.skipIf(redisIsMissing)('microseconds since 1970', () => {
  const scene = redisScene();

  test.each([1_764_000_000_123_457, 1_764_000_000_000_000, 2 ** 52 - 2_000_001, 4_000_000_000_000])(
    '%i survive the server to the last digit',
    async (nowUs) => {
      await scene.clocked.setNowUs(nowUs);
      const store = new RedisStore({ client: scene.clocked });
      const policy = gcra({ limit: 1, windowMs: 1_000.001 });
      const check = { key: 'k', policy, cost: 1 };
      await store.take([check]);
      expect(await scene.redis.get('quorate:gcra1:{.k}default')).toBe(String(nowUs + 1_000_001));
      await scene.clocked.setNowUs(nowUs + 1_000_000);
      const { decisions } = await store.take([check]);
      expect(decisions[0]).toMatchObject({ kind: 'limited', retryAfterMs: 0.001 });
    },
  );

  test('the digits of a number that a command gets are all there', async () => {
    for (const number of ['1764000000123457', '100000000', '9007199254740991', '1e15']) {
      const script = "redis.call('SET', KEYS[1], ARGV[1] + 0) return redis.call('GET', KEYS[1])";
      expect(await scene.redis.eval(script, 1, 'n', number)).toBe(String(Number(number)));
    }
  });
});
