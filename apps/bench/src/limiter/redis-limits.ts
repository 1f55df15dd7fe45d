import type { RateLimitStore } from '@quorate/rate-limiter';
import { LeasedStore, RedisStore } from '@quorate/rate-limiter/redis';
import { Redis } from 'ioredis';
import { RateLimiterRedis } from 'rate-limiter-flexible';

import { RedisServer } from '../resilience/redis-server.ts';
import type { OpenLimitStore } from './limit-store.ts';

interface OpenRedis {
  readonly client: Redis;
  close(): Promise<void>;
}

/** One script for each decision. */
export const openRedisStore: OpenLimitStore = async (policy) => {
  const { client, close } = await openRedis();
  const { store, roundTrips } = counted(new RedisStore({ client }));
  return { decide: (key) => store.take([{ key, policy, cost: 1 }]), roundTrips, close };
};

/** Shares of Redis, ahead of time. */
export const openLeasedStore: OpenLimitStore = async (policy) => {
  const { client, close } = await openRedis();
  const { store, roundTrips } = counted(new RedisStore({ client }));
  const leased = new LeasedStore({ store, keyCountMax: 2_000_000 });
  return { decide: (key) => leased.take([{ key, policy, cost: 1 }]), roundTrips, close };
};

/** What services that use Redis for limits install most. */
export const openFlexible: OpenLimitStore = async ({ limit: points, windowMs }) => {
  const { client, close } = await openRedis();
  const limiter = new RateLimiterRedis({ storeClient: client, points, duration: windowMs / 1_000 });
  let count = 0;
  return {
    decide(key) {
      count += 1;
      return limiter.consume(key).catch((refusal: unknown) => refusal);
    },
    roundTrips: () => count,
    close,
  };
};

/** The store, which counts how often it is asked: once for each round trip. */
function counted(store: RateLimitStore): { store: RateLimitStore; roundTrips: () => number } {
  let count = 0;
  const counting: RateLimitStore = {
    take(checks, options) {
      count += 1;
      return store.take(checks, options);
    },
    refund: (chargeId, options) => store.refund(chargeId, options),
    block: (key, policy, durationMs, options) => store.block(key, policy, durationMs, options),
    reset: (key, policy, options) => store.reset(key, policy, options),
    close: () => store.close(),
  };
  return { store: counting, roundTrips: () => count };
}

async function openRedis(): Promise<OpenRedis> {
  const server = await RedisServer.start();
  const client = new Redis({
    host: '127.0.0.1',
    port: server.port,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
  });
  await client.ping();
  return {
    client,
    async close() {
      client.disconnect();
      await server.stop();
    },
  };
}
