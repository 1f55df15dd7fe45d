/**
 * Elsewhere: the store is down, each of N processes falls back to the whole limit, and together
 * they admit N times as much.
 *
 * Protection: in `'local'`, a process admits its share of the limit by itself (`local-share.ts`).
 */
import { describe, expect, test } from 'vitest';

import { gcra } from '../../src/policy.ts';
import { RedisStore } from '../../src/redis/redis-store.ts';
import { SharedRateLimiter } from '../../src/shared-rate-limiter.ts';
import { clientKinds } from '../support/redis-clients.ts';
import { redisScene } from '../support/redis-scene.ts';
import { redisIsMissing } from '../support/redis-server.ts';

const policy = gcra({ limit: 40, windowMs: 3_600_000 });

describe.skipIf(redisIsMissing)('four processes whose Redis is down', () => {
  const scene = redisScene();

  test('admit the limit together, not each', async () => {
    const connected = await Promise.all(
      Array.from({ length: 4 }, () => clientKinds['ioredis']!(scene.server.port)),
    );
    const limiters = connected.map(
      ({ client }) =>
        new SharedRateLimiter({
          store: new RedisStore({ client }),
          onStoreFailure: 'local',
          localShare: 1 / 4,
        }),
    );
    await Promise.all(limiters.map((limiter) => limiter.take({ key: 'warm', policy, cost: 1 })));
    await scene.server.kill();
    const reasons: string[] = [];
    for (let count = 0; count < 40; count += 1) {
      for (const limiter of limiters) {
        const { kind, reason } = await limiter.take({ key: 'k', policy, cost: 1 });
        reasons.push(`${kind} ${reason}`);
      }
    }
    expect(new Set(reasons)).toEqual(new Set(['admitted localShare', 'limited localShare']));
    expect(reasons.filter((reason) => reason.startsWith('admitted'))).toHaveLength(40);
    await Promise.all(connected.map(({ end }) => end()));
  });
});
