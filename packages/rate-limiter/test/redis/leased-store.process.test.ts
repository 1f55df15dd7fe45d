/**
 * Goal: the bound that `LeasedStore` states. Method: eight processes, each with a client of its
 * own, ask a real Redis as fast as they are answered; its clock and theirs are the test's.
 */
import { describe, expect, test } from 'vitest';

import { fixedWindow } from '../../src/policy.ts';
import { LeasedStore } from '../../src/redis/leased-store.ts';
import { RedisStore } from '../../src/redis/redis-store.ts';
import { ioredisTo } from '../support/redis-clients.ts';
import { redisScene, startUs } from '../support/redis-scene.ts';
import { redisIsMissing } from '../support/redis-server.ts';
import { withServerClock } from '../support/server-clock.ts';

const processCount = 8;
const shareMax = 50;
const limit = 1_000;
const windowMs = 60_000;
const policy = fixedWindow({ limit, windowMs, anchor: 'firstRequest' });
const check = { key: 'k', policy, cost: 1 };

describe.skipIf(redisIsMissing)('leased mode', () => {
  const scene = redisScene();

  test('admits in a window no more than the limit and a share for each process', async () => {
    let nowUs = startUs;
    const setTimer = (): never => {
      throw new Error('nobody needs a timer');
    };
    const clock = { nowMs: () => nowUs / 1_000, wallTimeMs: () => 0, setTimer };
    const clients = Array.from({ length: processCount }, () => ioredisTo(scene.server.port));
    const stores = clients.map((client) => {
      const store = new RedisStore({ client: withServerClock(client) });
      return new LeasedStore({ store, shareMax, shareForMs: 3_600_000, clock });
    });
    const admittedInWindows: number[] = [];
    for (let window = 0; window < 4; window += 1) {
      let admittedCount = 0;
      const ask = async (store: LeasedStore): Promise<void> => {
        for (let refusals = 0; refusals < 5;) {
          const { decisions } = await store.take([check]);
          if (decisions[0]?.kind === 'admitted') admittedCount += 1;
          else refusals += 1;
        }
      };
      await Promise.all(stores.map((store) => ask(store)));
      admittedInWindows.push(admittedCount);
      nowUs += windowMs * 1_000;
      await scene.clocked.setNowUs(nowUs);
    }
    for (const admittedCount of admittedInWindows) {
      expect(admittedCount).toBeLessThanOrEqual(limit + processCount * shareMax);
    }
    // Nothing is minted: over all windows, no more than Redis has charged.
    const total = admittedInWindows.reduce((sum, count) => sum + count, 0);
    expect(total).toBeLessThanOrEqual(4 * limit);
    expect(total).toBeGreaterThan(4 * limit - processCount * shareMax);
    clients.forEach((client) => client.disconnect());
  });

  test('asks Redis for few of its decisions', async () => {
    const plenty = fixedWindow({ limit: 1_000_000, windowMs: 3_600_000 });
    const store = new LeasedStore({ store: scene.store });
    await store.take([{ ...check, policy: plenty }]);
    await scene.redis.config('RESETSTAT');
    for (let count = 0; count < 5_000; count += 1) {
      const { decisions } = await store.take([{ ...check, policy: plenty }]);
      expect(decisions[0]?.kind).toBe('admitted');
    }
    const statistics = await scene.redis.info('commandstats');
    const calls = Number(/cmdstat_evalsha:calls=(\d+)/.exec(statistics)?.[1]);
    expect(calls).toBeLessThan(5_000 / 20);
  });
});
