/**
 * Elsewhere: a script gets keys of two slots and a cluster refuses it, or a brace in a user's name
 * moves a key to another slot than its siblings.
 *
 * Protection: one hash tag a key, escaped, and one tag for keys that are decided together if
 * `hashTag` says so (`key-encoding.ts`).
 */
import { createCluster } from 'redis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { fivePerSecond } from '../../src/contract/scene.ts';
import { gcra } from '../../src/policy.ts';
import type { RedisClient } from '../../src/redis/redis-client.ts';
import { RedisStore } from '../../src/redis/redis-store.ts';
import { ioredisClusterTo, ioredisTo } from '../support/redis-clients.ts';
import { freePort, redisIsMissing, RedisServer } from '../support/redis-server.ts';

const policies = [
  gcra({ name: 'second', limit: 5, windowMs: 1_000 }),
  gcra({ name: 'day {}', limit: 100, windowMs: 86_400_000 }),
];
const awkward = ['', 'plain', '{', '}', '{}', '{a}', 'a}{b', '%7b', '\ud800', 'x'.repeat(5_000)];

/** Two nodes, each with half of the slots. */
async function startCluster(): Promise<readonly RedisServer[]> {
  // By default nodes meet at a port 10,000 further up, which a free port may not have.
  const busPorts = [await freePort(), await freePort()];
  const nodes = await Promise.all(
    busPorts.map((port) =>
      RedisServer.start(['--cluster-enabled', 'yes', '--cluster-port', String(port)]),
    ),
  );
  const admins = nodes.map(({ port }) => ioredisTo(port));
  await admins[0]!.call('CLUSTER', 'ADDSLOTSRANGE', '0', '8191');
  await admins[1]!.call('CLUSTER', 'ADDSLOTSRANGE', '8192', '16383');
  const [, second] = nodes.map(({ port }) => String(port));
  await admins[0]!.call('CLUSTER', 'MEET', '127.0.0.1', second!, String(busPorts[1]));
  for (const admin of admins) {
    let state = '';
    while (!/cluster_state:ok[^]*cluster_known_nodes:2/.test(state)) {
      state = String(await admin.call('CLUSTER', 'INFO'));
      await new Promise(setImmediate);
    }
    admin.disconnect();
  }
  return nodes;
}

describe.skipIf(redisIsMissing)('a cluster of two nodes', () => {
  let nodes: readonly RedisServer[] = [];
  const clients = new Map<string, RedisClient>();
  const ends: (() => unknown)[] = [];

  beforeAll(async () => {
    nodes = await startCluster();
    const first = nodes[0]!.port;
    const ioredis = ioredisClusterTo(first);
    const nodeRedis = createCluster({ rootNodes: [{ url: `redis://127.0.0.1:${first}` }] });
    await nodeRedis.connect();
    clients.set('ioredis', ioredis).set('node-redis', nodeRedis);
    ends.push(
      () => ioredis.disconnect(),
      () => nodeRedis.destroy(),
    );
  });

  afterAll(async () => {
    for (const end of ends) end();
    for (const node of nodes) await node[Symbol.asyncDispose]();
  });

  describe.each(['ioredis', 'node-redis'])('%s', (kind) => {
    const storeOf = (hashTag?: (key: string) => string): RedisStore =>
      new RedisStore({ client: clients.get(kind)!, prefix: kind, ...(hashTag && { hashTag }) });

    test.each(awkward)('policies for the key %j are decided together', async (key) => {
      const store = storeOf();
      const checks = policies.map((policy) => ({ key, policy, cost: 1 }));
      const { decisions, chargeId = '' } = await store.take(checks);
      expect(decisions.map((one) => one.remaining)).toEqual([4, 99]);
      await store.refund(chargeId);
      for (const policy of policies) await store.reset(key, policy);
    });

    test('keys of one tag are decided together', async () => {
      const store = storeOf((key) => key.split('/')[0] ?? '');
      const checks = ['org{}/alice', 'org{}/bob', 'org{}'].flatMap((key) =>
        policies.map((policy) => ({ key, policy, cost: 1 })),
      );
      const { decisions, chargeId = '' } = await store.take(checks);
      expect(decisions.map((one) => one.remaining)).toEqual([4, 99, 4, 99, 4, 99]);
      await store.refund(chargeId);
    });

    test('keys of two nodes are refused, and none is charged', async () => {
      const store = storeOf();
      const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
      const policy = gcra({ name: `apart ${kind}`, limit: 5, windowMs: 3_600_000 });
      const taking = store.take(keys.map((key) => ({ key, policy, cost: 1 })));
      await expect(taking).rejects.toMatchObject({ definite: true });
      for (const key of keys) {
        const { decisions } = await store.take([{ key, policy, cost: 0 }]);
        expect(decisions[0]?.remaining).toBe(5);
      }
    });

    test.each(fivePerSecond)('$kind $name: is one key on either node', async (policy) => {
      const store = storeOf();
      for (let index = 0; index < 20; index += 1) {
        const { decisions } = await store.take([{ key: `${kind} ${index}`, policy, cost: 1 }]);
        expect(decisions[0]).toMatchObject({ kind: 'admitted', remaining: 4 });
      }
    });
  });
});
