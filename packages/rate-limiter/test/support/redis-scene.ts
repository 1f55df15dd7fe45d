import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach } from 'vitest';

import { RedisStore } from '../../src/redis/redis-store.ts';
import { ioredisTo } from './redis-clients.ts';
import { RedisServer } from './redis-server.ts';
import { type ClockedClient, withServerClock } from './server-clock.ts';

/** When the tests' clock of the server begins, in microseconds since 1970. */
export const startUs = 1_764_000_000_123_457;

/** A server of its own for the tests of a `describe`, empty at the start of each. */
export interface RedisScene {
  readonly server: RedisServer;
  /** A client beside the store's, to look and to disturb. */
  readonly redis: Redis;
  /** A client whose scripts see the time that {@link ClockedClient.setNowUs} sets. */
  readonly clocked: ClockedClient;
  /** A store over the server's own clock. */
  readonly store: RedisStore;
}

/** Declares the hooks of a scene; its fields can be read from within tests. */
export function redisScene(options: readonly string[] = []): RedisScene {
  let server: RedisServer | undefined;
  let redis: Redis | undefined;
  let clocked: ClockedClient | undefined;

  beforeAll(async () => {
    server = await RedisServer.start(options);
    redis = ioredisTo(server.port);
    clocked = withServerClock(redis);
  });

  beforeEach(async () => {
    await redis?.flushall();
    await clocked?.setNowUs(startUs);
  });

  afterAll(async () => {
    redis?.disconnect();
    await server?.[Symbol.asyncDispose]();
  });

  return {
    get server() {
      return present(server);
    },
    get redis() {
      return present(redis);
    },
    get clocked() {
      return present(clocked);
    },
    get store() {
      return new RedisStore({ client: present(redis) });
    },
  };
}

function present<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('read it from within a test');
  return value;
}
