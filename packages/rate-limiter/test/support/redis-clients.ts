import { Cluster, Redis } from 'ioredis';
import { createClient, type RedisClientType } from 'redis';

import type { RedisClient } from '../../src/redis/redis-client.ts';

/** An ioredis client as the README asks for it. */
export function ioredisTo(port: number): Redis {
  const client = new Redis({
    host: '127.0.0.1',
    port,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => 20,
  });
  // What goes wrong reaches the tests through the store; ioredis would print it as well.
  client.on('error', () => undefined);
  return client;
}

/** A connected node-redis client. */
async function nodeRedisTo(port: number): Promise<RedisClientType> {
  const client: RedisClientType = createClient({
    socket: { host: '127.0.0.1', port, reconnectStrategy: () => 20 },
  });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** An ioredis client of the cluster that the node at `port` belongs to. */
export function ioredisClusterTo(port: number): Cluster {
  return new Cluster([{ host: '127.0.0.1', port }], { retryDelayOnFailover: 0 });
}

/** The clients that the store is tested with, by name. */
export const clientKinds: Readonly<
  Record<string, (port: number) => Promise<{ client: RedisClient; end: () => Promise<unknown> }>>
> = {
  ioredis: async (port) => {
    const client = ioredisTo(port);
    return { client, end: async () => client.disconnect() };
  },
  'node-redis': async (port) => {
    const client = await nodeRedisTo(port);
    return { client, end: async () => client.destroy() };
  },
};
