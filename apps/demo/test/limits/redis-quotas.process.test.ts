/** Quotas in a real Redis: counted once for all nodes, and by shares while it is away. */
import { nodeId } from '@quorate/transport';
import { systemClock, systemRandom } from '@quorate/transport/system';
import { gcra } from '@quorate/rate-limiter';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { openRedisQuotas } from '../../src/limits/open-redis-quotas.ts';
import { storeGuard } from '../../src/node/gateway/store-guard.ts';
import type { QuotaCounter } from '../../src/limits/quota-counter.ts';
import { RealDemo } from '../support/real-demo.ts';
import { isRedisMissing, RedisServer } from '../support/redis-server.ts';

const policy = gcra({ name: 'api', limit: 90, windowMs: 3_600_000 });
const disposers: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const dispose of disposers.splice(0)) await dispose();
});

interface Node {
  readonly quotas: QuotaCounter;
  readonly notices: string[];
  /** Sends requests until one is refused; how many were not. */
  readonly exhaust: (key: string) => Promise<number>;
}

async function open(server: { readonly url: string }, clusterId: string): Promise<Node> {
  const notices: string[] = [];
  const quotas = await openRedisQuotas(server.url, {
    ...{ clusterId, clock: systemClock },
    guard: storeGuard({ clock: systemClock, random: systemRandom }),
    // A machine with much to do is no Redis that is away.
    deadlineMs: 1_000,
    onNotice: (text) => notices.push(text),
  });
  disposers.push(() => quotas.close());
  quotas.setMembers(['n1', 'n2', 'n3'].map((id) => nodeId(id)));
  const exhaust = async (key: string): Promise<number> => {
    const limit = quotas.limitOf(policy);
    for (let admittedCount = 0; ; admittedCount += 1) {
      const [decision] = (await limit.take(key, 1)).decisions;
      if (decision?.kind !== 'admitted') return admittedCount;
    }
  };
  return { quotas, notices, exhaust };
}

describe.skipIf(isRedisMissing)('quotas in Redis', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  test('are counted once for all nodes of a cluster, and apart from other clusters', async () => {
    const [first, second, stranger] = await Promise.all(
      ['shared', 'shared', 'other 1'].map((id) => open(server, id)),
    );
    expect(await first?.exhaust('ann')).toBe(90);
    expect(await second?.exhaust('ann')).toBe(0);
    expect(await second?.exhaust('bob')).toBe(90);
    expect(await stranger?.exhaust('ann')).toBe(90);
    expect(first?.quotas.originOf('ann', 'withinLimit')).toEqual({
      countedBy: 'redis',
      source: 'redis',
    });
    expect(first?.notices).toEqual([]);
  });

  test.each([
    ['ends', () => server.kill(), () => server.run()],
    ['hangs', async () => server.pause(), async () => server.resume()],
  ])('are shares while it %s, and counted again afterwards', async (how, stop, start) => {
    const node = await open(server, `away while it ${how}`);
    await stop();
    expect(await node.exhaust('ann')).toBe(30);
    expect(node.quotas).toMatchObject({ isReachable: false });
    expect(node.quotas.failureCount).toBeGreaterThan(0);
    expect(node.quotas.originOf('ann', 'localShare').source).toBe('localShare');
    expect(node.notices).toEqual([expect.stringContaining('Redis counts no requests')]);
    await start();
    const reasonOf = async (): Promise<string | undefined> => {
      const { decisions } = await node.quotas.limitOf(policy).take('ann', 0);
      return decisions[0]?.reason;
    };
    await expect.poll(reasonOf, { timeout: 20_000 }).not.toBe('localShare');
    expect(node.quotas.isReachable).toBe(true);
    expect(node.notices.at(-1)).toBe('Redis answers again and counts requests');
    expect(await node.exhaust('ann')).toBeGreaterThan(30);
  });

  test('are told by a node that is given its URL', { timeout: 120_000 }, async () => {
    process.env['QUORATE_REDIS_URL'] = server.url;
    disposers.push(async () => Reflect.deleteProperty(process.env, 'QUORATE_REDIS_URL'));
    const demo = await RealDemo.start(undefined, '--nodes', '1');
    disposers.push(() => demo.dispose());
    const node = await demo.leader();
    const limits = async (): Promise<unknown> =>
      JSON.parse((await demo.ask(node, '/v1/limits')).body);
    const metric = async (name: string): Promise<string | undefined> =>
      (await demo.ask(node, '/metrics')).body.split('\n').find((line) => line.startsWith(name));
    expect(await limits()).toMatchObject({ countedBy: 'redis', source: 'redis' });
    expect(await metric('limit_store_up')).toBe('limit_store_up{store="redis"} 1');

    await server.kill();
    expect(await limits()).toMatchObject({ countedBy: 'redis', source: 'localShare' });
    expect((await demo.ask(node, '/v1/config/key')).status).toBe(404);
    expect(await metric('limit_store_up')).toBe('limit_store_up{store="redis"} 0');
    expect(await metric('limit_store_failures_total{store="redis"}')).not.toMatch(/ 0$/);
    expect(await metric('limit_decisions_total{source="local share"}')).not.toMatch(/ 0$/);
    await server.run();
  });
});

test.each(['', 'localhost', 'http://hush@localhost'])(
  'no URL of Redis: %j is refused and not repeated',
  async (url) => {
    await expect(open({ url }, 'any')).rejects.toThrow(
      new RangeError('QUORATE_REDIS_URL: expected a URL like redis://host:6379'),
    );
  },
);
