/**
 * Elsewhere: a failover loses the writes that the replica had not seen yet, and code that relies on
 * what it wrote before throws, counts below zero, or limits for ever.
 *
 * Protection: a script relies on nothing but what it reads; a refund of a charge that was lost
 * takes no more than is there (`admin-scripts.ts`). What is lost is admitted again, and no more.
 */
import { describe, expect, test } from 'vitest';

import { fivePerSecond } from '../../src/contract/scene.ts';
import type { RatePolicy } from '../../src/policy.ts';
import { RedisStore } from '../../src/redis/redis-store.ts';
import { ioredisTo } from '../support/redis-clients.ts';
import { redisScene } from '../support/redis-scene.ts';
import { redisIsMissing, RedisServer } from '../support/redis-server.ts';

describe.skipIf(redisIsMissing)('a failover that loses the last writes', () => {
  const scene = redisScene();
  const policies = fivePerSecond.map((policy): RatePolicy => ({ ...policy, windowMs: 600_000 }));

  test('admits what was lost once more, and nothing breaks', async () => {
    await using replica = await RedisServer.start();
    const successor = ioredisTo(replica.port);
    await successor.replicaof('127.0.0.1', scene.server.port);
    while (!(await successor.info('replication')).includes('master_link_status:up')) {
      await new Promise(setImmediate);
    }
    const takeAll = async (store: RedisStore) => {
      const ids: string[] = [];
      for (const policy of policies) {
        const { chargeId } = await store.take([{ key: 'k', policy, cost: 2 }]);
        if (chargeId !== undefined) ids.push(chargeId);
      }
      return ids;
    };
    const { store } = scene;
    const kept = await takeAll(store);
    await scene.redis.wait(1, 0);
    await successor.replicaof('NO', 'ONE');
    // The old primary goes on for a while before it is found dead: this is lost.
    const lost = await takeAll(store);
    const after = new RedisStore({ client: successor });
    for (const policy of policies) {
      const { decisions } = await after.take([{ key: 'k', policy, cost: 0 }]);
      expect(decisions[0], policy.kind).toMatchObject({ kind: 'admitted', remaining: 3 });
    }
    for (const id of [...lost, ...kept]) await after.refund(id);
    for (const policy of policies) {
      const { decisions } = await after.take([{ key: 'k', policy, cost: 5 }]);
      expect(decisions[0], policy.kind).toMatchObject({ kind: 'admitted', remaining: 0 });
    }
    successor.disconnect();
  });
});
