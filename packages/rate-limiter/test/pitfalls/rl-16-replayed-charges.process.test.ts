/**
 * Elsewhere: the connection breaks after the server has charged and before its answer arrives; the
 * client library sends the command again by itself once it is connected, and charges twice.
 *
 * Protection: a client that would do so is refused (`redis-client.ts`), and the store sends nothing
 * twice but a script that was not known (`script-runner.ts`).
 */
import { Cluster, Redis } from 'ioredis';
import { describe, expect, test } from 'vitest';

import { gcra } from '../../src/policy.ts';
import { RedisStore } from '../../src/redis/redis-store.ts';
import { clientKinds } from '../support/redis-clients.ts';
import { redisScene } from '../support/redis-scene.ts';
import { redisIsMissing } from '../support/redis-server.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';

const policy = gcra({ limit: 100, windowMs: 3_600_000 });

describe.skipIf(redisIsMissing)('an answer that is lost on its way', () => {
  const scene = redisScene();

  test.each(Object.keys(clientKinds))('is not asked for again (%s)', async (kind) => {
    await using proxy = await TcpProxy.start(scene.server.port);
    const { client, end } = await clientKinds[kind]!(proxy.port);
    const store = new RedisStore({ client });
    const remaining = async (cost: number) => {
      const { decisions } = await store.take([{ key: 'k', policy, cost }]);
      return decisions[0]?.remaining;
    };
    expect(await remaining(1)).toBe(99);

    proxy.losesAnswers = true;
    const lost = proxy.answerLost();
    const taking = store.take([{ key: 'k', policy, cost: 1 }]);
    const failure = expect(taking).rejects.toMatchObject({ definite: false });
    await lost;
    proxy.losesAnswers = false;
    proxy.cut();
    await failure;

    // Connected again, and everything that a client might have kept has been sent.
    let left: number | undefined;
    while (left === undefined) {
      left = await remaining(0).catch(() => undefined);
      await new Promise(setImmediate);
    }
    expect(left).toBe(98);
    expect(await remaining(1)).toBe(97);
    await end();
  });

  test('is asked for again by ioredis as it comes, which is therefore refused', async () => {
    await using proxy = await TcpProxy.start(scene.server.port);
    const eager = new Redis({ host: '127.0.0.1', port: proxy.port, retryStrategy: () => 20 });
    eager.on('error', () => undefined);
    await eager.set('n', 0);
    proxy.losesAnswers = true;
    const lost = proxy.answerLost();
    const counting = eager.incr('n');
    await lost;
    proxy.losesAnswers = false;
    proxy.cut();
    // Why this test? It shows what the refusal is for: one call, counted twice.
    expect(await counting).toBe(2);
    expect(() => new RedisStore({ client: eager })).toThrow(RangeError);
    eager.disconnect();

    const cluster = new Cluster([], { lazyConnect: true });
    expect(() => new RedisStore({ client: cluster })).toThrow('retryDelayOnFailover: expected 0');
    cluster.disconnect();
  });
});
