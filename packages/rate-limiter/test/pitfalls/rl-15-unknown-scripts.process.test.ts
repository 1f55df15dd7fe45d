/**
 * Elsewhere: after a restart, a failover or on a new node of a cluster the server does not know the
 * script; every decision fails until the client is restarted, or is retried so that it charges
 * twice.
 *
 * Protection: `NOSCRIPT` alone is answered by one EVAL, which charges and teaches at once
 * (`script-runner.ts`).
 */
import { describe, expect, test } from 'vitest';

import { gcra } from '../../src/policy.ts';
import { RedisStore } from '../../src/redis/redis-store.ts';
import { clientKinds } from '../support/redis-clients.ts';
import { redisScene } from '../support/redis-scene.ts';
import { redisIsMissing } from '../support/redis-server.ts';

const policy = gcra({ limit: 100, windowMs: 3_600_000 });
const other = gcra({ name: 'other', limit: 100, windowMs: 3_600_000 });

describe.skipIf(redisIsMissing)('a server that does not know the scripts', () => {
  const scene = redisScene();

  test.each(Object.keys(clientKinds))('charges once for each decision (%s)', async (kind) => {
    const { client, end } = await clientKinds[kind]!(scene.server.port);
    const store = new RedisStore({ client });
    const left: number[] = [];
    for (let count = 0; count < 5; count += 1) {
      await scene.redis.script('FLUSH');
      const { decisions, chargeId } = await store.take([{ key: 'k', policy, cost: 2 }]);
      left.push(decisions[0]?.remaining ?? -1);
      await scene.redis.script('FLUSH');
      await store.refund(chargeId ?? '');
      await scene.redis.script('FLUSH');
      const both = [policy, other].map((one) => ({ key: 'k', policy: one, cost: 1 }));
      await store.take(both);
    }
    expect(left).toEqual([98, 97, 96, 95, 94]);
    await end();
  });

  test('is taught by one of 64 at once, and charges each once', async () => {
    const { store, redis } = scene;
    for (let round = 0; round < 10; round += 1) {
      const taking = Array.from({ length: 64 }, async (_, index) => {
        if (index === 32) await redis.script('FLUSH');
        return store.take([{ key: `round ${round}`, policy, cost: 1 }]);
      });
      const left = (await Promise.all(taking)).map(({ decisions }) => decisions[0]?.remaining ?? 0);
      const expected = Array.from({ length: 64 }, (_, index) => 99 - index);
      expect(left.toSorted((a, b) => b - a)).toEqual(expected);
    }
  });

  test('after a restart decides from nothing, over the same client', async () => {
    const { store, server, redis } = scene;
    await store.take([{ key: 'k', policy, cost: 50 }]);
    await server.kill();
    await server.run();
    while (redis.status !== 'ready') await new Promise(setImmediate);
    const { decisions } = await store.take([{ key: 'k', policy, cost: 50 }]);
    expect(decisions[0]).toMatchObject({ kind: 'admitted', remaining: 50 });
  });
});
