/**
 * In a Cluster, header, bits and what a load needs meanwhile have to lie in one slot, whatever the
 * filter is called; and clients have to find its node by the keys of a script.
 */
import { Cluster, Redis } from 'ioredis';
import { createCluster } from 'redis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { BloomFilter } from '../../src/bloom.ts';
import { RedisBloomFilter } from '../../src/redis/redis-bloom-filter.ts';
import type { RedisClient } from '../../src/redis/redis-client.ts';
import { freePort, redisIsMissing, RedisServer } from '../support/redis-server.ts';

const shape = { bitCount: 8 * 2 * 65_536, hashCount: 7 };
const names = ['a', 'b', '{', '}', '{}', '{a}', 'a}{b', '%7b', '漢字', 'x'.repeat(512)];

interface Node {
  readonly server: RedisServer;
  readonly busPort: number;
}

async function startNode(): Promise<Node> {
  const busPort = await freePort();
  const options = ['--cluster-enabled', 'yes', '--cluster-port', String(busPort)];
  return { server: await RedisServer.start(options), busPort };
}

/** Gives each of two nodes half of the slots. */
async function join([first, second]: readonly [Node, Node]): Promise<void> {
  const admins = [first, second].map(
    ({ server }) => new Redis({ host: '127.0.0.1', port: server.port }),
  );
  await admins[0]?.call('CLUSTER', 'ADDSLOTSRANGE', '0', '8191');
  await admins[1]?.call('CLUSTER', 'ADDSLOTSRANGE', '8192', '16383');
  const { server, busPort } = second;
  await admins[0]?.call('CLUSTER', 'MEET', '127.0.0.1', server.port, busPort);
  for (const admin of admins) {
    let state = '';
    while (!/cluster_state:ok[^]*cluster_known_nodes:2/.test(state)) {
      state = String(await admin.call('CLUSTER', 'INFO'));
      await new Promise(setImmediate);
    }
    admin.disconnect();
  }
}

describe.skipIf(redisIsMissing)('a cluster of two nodes', () => {
  let nodes: readonly Node[] = [];
  const clients = new Map<string, RedisClient>();
  const ends: (() => unknown)[] = [];

  beforeAll(async () => {
    const pair = [await startNode(), await startNode()] as const;
    nodes = pair;
    await join(pair);
    const { port } = pair[0].server;
    const ioredis = new Cluster([{ host: '127.0.0.1', port }]);
    const nodeRedis = createCluster({ rootNodes: [{ url: `redis://127.0.0.1:${port}` }] });
    await nodeRedis.connect();
    clients.set('ioredis', ioredis).set('node-redis', nodeRedis);
    ends.push(
      () => ioredis.disconnect(),
      () => nodeRedis.destroy(),
    );
  });

  afterAll(async () => {
    for (const end of ends) end();
    for (const { server } of nodes) await server[Symbol.asyncDispose]();
  });

  test.each(['ioredis', 'node-redis'])('holds a filter of any name, through %s', async (kind) => {
    const client = clients.get(kind);
    if (client === undefined) throw new Error('no client');
    const table = new BloomFilter(shape);
    table.add('loaded');
    for (const name of names) {
      const filter = new RedisBloomFilter({ client, name, prefix: kind, ...shape });
      await expect(filter.add('x')).resolves.toBe('added');
      // Over bits that are there, so that a script unites two chunks.
      await filter.load(table);
      await expect(filter.hasAll(['x', 'y', 'loaded'])).resolves.toEqual([true, false, true]);
      const copy = await filter.snapshot();
      expect(copy.has('x') && copy.has('loaded')).toBe(true);
      await filter.clear();
      await expect(filter.has('x')).resolves.toBe(false);
    }
  });
});
