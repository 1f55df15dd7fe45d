import { createHash } from 'node:crypto';

import type { Redis } from 'ioredis';

import type { IoredisClient } from '../../src/redis/redis-client.ts';

const clockKey = 'clock of the tests';

/** A client whose scripts see the time that the test sets. */
export interface ClockedClient extends IoredisClient {
  /** Sets what the server's clock shows, in whole microseconds since 1970. */
  setNowUs(nowUs: number): Promise<void>;
}

/**
 * A client whose scripts read a time that the test sets, where they would ask the server for its
 * own; and what they store lasts an hour longer, since the server's own clock, which expires it,
 * does not stand still between two steps of a test. But for that the scripts are what they are.
 */
export function withServerClock(redis: Redis): ClockedClient {
  const changedDigests = new Map<string, string>();
  return {
    get status() {
      return redis.status;
    },
    options: redis.options,
    evalsha(sha1, keyCount, ...rest) {
      const digest = changedDigests.get(sha1);
      if (digest === undefined) return Promise.reject(new Error('NOSCRIPT not seen by the clock'));
      return redis.evalsha(digest, keyCount, ...rest);
    },
    async eval(source, keyCount, ...rest) {
      const changed = source
        .replace("redis.call('TIME')", `redis.call('LRANGE', '${clockKey}', 0, 1)`)
        .replaceAll("'PX', ", "'PX', 3600000 + ");
      const digest = String(await redis.script('LOAD', changed));
      changedDigests.set(createHash('sha1').update(source).digest('hex'), digest);
      return await redis.evalsha(digest, keyCount, ...rest);
    },
    async setNowUs(nowUs) {
      const seconds = Math.floor(nowUs / 1e6);
      await redis
        .multi()
        .del(clockKey)
        .rpush(clockKey, seconds, nowUs - seconds * 1e6)
        .exec();
    },
  };
}
