/**
 * Elsewhere: a key is used as a pattern, and `reset('*')` wipes every limit; or a newline or a zero
 * byte in it reaches another key.
 *
 * Protection: a reset deletes exactly one name (`resetScript`), names are binary safe and bounded
 * (`key-encoding.ts`), and no script scans.
 */
import { describe, expect, test } from 'vitest';

import { gcra } from '../../src/policy.ts';
import { redisScene } from '../support/redis-scene.ts';
import { redisIsMissing } from '../support/redis-server.ts';

const policy = gcra({ limit: 5, windowMs: 3_600_000 });
const strange = ['*', '?', '[a]', 'a*', '\n', '\r\n', '\0', 'a\0b', '', 'a', 'b', '\\*', ' '];

describe.skipIf(redisIsMissing)('keys of strangers', () => {
  const scene = redisScene();

  test.each(strange)('a reset of %j leaves all others alone', async (key) => {
    const { store } = scene;
    for (const one of strange) await store.take([{ key: one, policy, cost: 2 }]);
    await store.reset(key, policy);
    for (const one of strange) {
      const { decisions } = await store.take([{ key: one, policy, cost: 0 }]);
      expect(decisions[0]?.remaining, one).toBe(one === key ? 5 : 3);
    }
  });

  test('ten megabytes are refused, ten kilobytes cost a hundred bytes', async () => {
    const { store, redis } = scene;
    const taking = store.take([{ key: 'x'.repeat(10_000_000), policy, cost: 1 }]);
    await expect(taking).rejects.toThrow(RangeError);
    await store.take([{ key: 'x'.repeat(10_240), policy, cost: 1 }]);
    const names = await redis.keys('quorate:*');
    expect(names).toHaveLength(1);
    expect(names[0]?.length).toBeLessThan(100);
  });
});
