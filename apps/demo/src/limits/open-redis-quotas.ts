import { Redis } from 'ioredis';

import type { QuotaCounter } from './quota-counter.ts';
import { RedisQuotas, type RedisQuotasOptions } from '../node/gateway/redis-quotas.ts';

/** How long a connection may take, in ms: a node that starts waits so long for the first one. */
const CONNECT_MS = 1_000;
/** How long to wait before the next try to connect, in ms: longer each time, up to this. */
const RETRY_MS_MAX = 1_000;
/** How much of the cluster's id stands in the names of keys, which Redis holds in memory. */
const NAME_LENGTH_MAX = 48;

/**
 * Counts quotas in the Redis at `url`, which need not be there yet: it is looked for all the time.
 *
 * @param url - `redis://` or `rediss://`, with user and password if it wants them.
 * @throws RangeError if `url` is none. It says nothing of `url`, which may hold a secret.
 */
export async function openRedisQuotas(
  url: string,
  options: Omit<RedisQuotasOptions, 'client' | 'disconnect' | 'prefix'> & {
    readonly clusterId: string;
  },
): Promise<QuotaCounter> {
  if (!URL.canParse(url) || !['redis:', 'rediss:'].includes(new URL(url).protocol)) {
    throw new RangeError('QUORATE_REDIS_URL: expected a URL like redis://host:6379');
  }
  const client = new Redis(url, {
    // What was sent and not answered may have been counted: it is not sent again.
    autoResendUnfulfilledCommands: false,
    // Nor does it wait for a connection: the node decides by itself meanwhile.
    enableOfflineQueue: false,
    lazyConnect: true,
    connectTimeout: CONNECT_MS,
    retryStrategy: (attempt) => Math.min(50 * attempt, RETRY_MS_MAX),
  });
  // Requests that find it away say so.
  client.on('error', () => undefined);
  await client.connect().catch(() => undefined);
  const name = options.clusterId.replaceAll(/[^\w.-]/g, '_').slice(0, NAME_LENGTH_MAX);
  const disconnect = (): void => client.disconnect();
  return new RedisQuotas({ ...options, client, disconnect, prefix: `corkboard:${name}` });
}
