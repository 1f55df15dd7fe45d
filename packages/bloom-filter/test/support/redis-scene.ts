import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { afterAll, beforeAll, beforeEach } from 'vitest';

import type { IoredisClient, RedisClient } from '../../src/redis/redis-client.ts';
import { RedisServer } from './redis-server.ts';

/** A server for the tests of a `describe`, empty at the start of each. */
export interface RedisScene {
  /** A client of ioredis, also to look and to disturb. */
  readonly redis: Redis;
  /** A client of each kind, by name. */
  readonly clients: Readonly<Record<'ioredis' | 'node-redis', RedisClient>>;
}

/** Declares the hooks of a scene; its fields can be read from within tests. */
export function redisScene(options: readonly string[] = []): RedisScene {
  let server: RedisServer | undefined;
  let redis: Redis | undefined;
  let nodeRedis: ReturnType<typeof createClient> | undefined;

  beforeAll(async () => {
    server = await RedisServer.start(options);
    redis = new Redis({ host: '127.0.0.1', port: server.port });
    nodeRedis = createClient({ socket: { host: '127.0.0.1', port: server.port } });
    await nodeRedis.connect();
  });

  beforeEach(async () => {
    await redis?.flushall();
  });

  afterAll(async () => {
    redis?.disconnect();
    nodeRedis?.destroy();
    await server?.[Symbol.asyncDispose]();
  });

  return {
    get redis() {
      return present(redis);
    },
    get clients() {
      return { ioredis: present(redis), 'node-redis': present(nodeRedis) };
    },
  };
}

/**
 * A client of ioredis that says before each call how many there were.
 *
 * @param around - Gets the number of the call, from 0, and makes it, or not, or does more.
 */
export function watched(
  redis: Redis,
  around: (number: number, call: () => Promise<unknown>) => Promise<unknown>,
): IoredisClient {
  let count = 0;
  const next = (call: () => Promise<unknown>): Promise<unknown> => around(count++, call);
  return {
    call: (command, ...args) => next(() => redis.call(command, ...args)),
    callBuffer: (command, ...args) => next(() => redis.callBuffer(command, ...args)),
  };
}

function present<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('read it from within a test');
  return value;
}
