/**
 * Elsewhere: the fallback is consulted although the store has answered, because a refusal is taken
 * for a failure; or what was counted in an outage is added to the store's count once it is back.
 *
 * Protection: a refusal is a decision and not an error, and the local share is kept apart from the
 * store (`shared-rate-limiter.ts`).
 */
import { describe, expect, test } from 'vitest';

import { gcra } from '../../src/policy.ts';
import { RedisStore } from '../../src/redis/redis-store.ts';
import { SharedRateLimiter } from '../../src/shared-rate-limiter.ts';
import { clientKinds } from '../support/redis-clients.ts';
import { redisScene } from '../support/redis-scene.ts';
import { redisIsMissing } from '../support/redis-server.ts';

const policy = gcra({ limit: 10, windowMs: 3_600_000 });

describe.skipIf(redisIsMissing).each(Object.entries(clientKinds))('%s', (_kind, connect) => {
  const scene = redisScene();

  test('a store that is back decides, from what it knows itself', async () => {
    const { client, end } = await connect(scene.server.port);
    const errors: unknown[] = [];
    const limiter = new SharedRateLimiter({
      store: new RedisStore({ client }),
      onStoreFailure: 'local',
      localShare: 0.5,
      deadlineMs: 60_000,
      onError: (error) => errors.push(error),
    });
    const take = (cost: number) => limiter.take({ key: 'k', policy, cost });
    expect(await take(10)).toMatchObject({ kind: 'admitted', reason: 'withinLimit' });
    // The store is up and refuses: nobody asks the local share.
    expect(await take(1)).toMatchObject({ kind: 'limited', reason: 'limitReached' });
    expect(errors).toEqual([]);

    await scene.server.kill();
    let decision = await take(1);
    while (decision.reason !== 'localShare') {
      await new Promise(setImmediate);
      decision = await take(1);
    }
    await scene.server.run();
    while (decision.reason === 'localShare') {
      await new Promise(setImmediate);
      decision = await take(0);
    }
    // Nothing of the outage was carried over to the store, which began from nothing.
    expect(decision).toMatchObject({ kind: 'admitted', reason: 'withinLimit', remaining: 10 });
    await end();
  });
});
