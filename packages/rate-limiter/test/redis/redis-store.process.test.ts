/**
 * The store over a real Redis: it keeps the contract with a clock that the test holds, and with the
 * server's own it does what depends on real clients and real time.
 */
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { describeRateLimitStore } from '../../src/contract/index.ts';
import { gcra } from '../../src/policy.ts';
import { RedisStore } from '../../src/redis/redis-store.ts';
import { clientKinds, ioredisTo } from '../support/redis-clients.ts';
import { redisIsMissing, RedisServer } from '../support/redis-server.ts';
import { withServerClock } from '../support/server-clock.ts';

describe.skipIf(redisIsMissing)('over a real Redis', () => {
  let server: RedisServer;
  let redis: Redis;

  beforeAll(async () => {
    server = await RedisServer.start();
    redis = ioredisTo(server.port);
  });

  afterAll(async () => {
    redis.disconnect();
    await server[Symbol.asyncDispose]();
  });

  beforeEach(async () => {
    await redis.flushall();
  });

  describeRateLimitStore('Redis', async () => {
    const client = withServerClock(redis);
    let nowUs = 1_764_000_000_123_456;
    await client.setNowUs(nowUs);
    return {
      store: new RedisStore({ client }),
      nowMs: () => nowUs / 1_000,
      advance: async (byMs) => {
        nowUs += Math.round(byMs * 1_000);
        await client.setNowUs(nowUs);
      },
    };
  });

  describe.each(Object.entries(clientKinds))('by %s, on its own clock', (_name, connect) => {
    const policy = gcra({ limit: 40, windowMs: 3_600_000 });

    test('of 64 at once exactly as many are admitted as may', async () => {
      const { client, end } = await connect(server.port);
      const store = new RedisStore({ client });
      const takes = Array.from({ length: 64 }, () => store.take([{ key: 'k', policy, cost: 1 }]));
      const verdicts = await Promise.all(takes);
      const admitted = verdicts.filter(({ decisions }) => decisions[0]?.kind === 'admitted');
      expect(admitted).toHaveLength(40);
      expect(new Set(admitted.map(({ chargeId }) => chargeId)).size).toBe(40);
      await end();
    });

    test('a charge is named, unless nobody will give it back', async () => {
      const { client, end } = await connect(server.port);
      const store = new RedisStore({ client });
      const checks = [{ key: 'k', policy, cost: 3 }];
      expect(await store.take(checks)).toHaveProperty('chargeId');
      expect(await store.take(checks, { refundable: false })).not.toHaveProperty('chargeId');
      const { decisions } = await store.take(checks, { refundable: false });
      expect(decisions).toMatchObject([{ kind: 'admitted', remaining: 31 }]);
      await end();
    });
  });
});
