/**
 * Elsewhere: after a failover to a host whose clock is behind, keys stay limited for as long as the
 * old clock was ahead; an hour behind is an hour without service.
 *
 * Protection: a state further ahead than steps back reach is moved to the new clock, and that is
 * written even by a denial (`rules.ts`).
 */
import { describe, expect, test } from 'vitest';

import { fivePerSecond } from '../../src/contract/scene.ts';
import { RedisStore } from '../../src/redis/redis-store.ts';
import { redisScene, startUs } from '../support/redis-scene.ts';
import { redisIsMissing } from '../support/redis-server.ts';

const hourUs = 3_600_000_000;

describe.skipIf(redisIsMissing)('a clock of the server that jumps', () => {
  const scene = redisScene();

  test.each(fivePerSecond)('$kind $name: back an hour, it limits no longer', async (policy) => {
    const store = new RedisStore({ client: scene.clocked });
    const take = async () => {
      const { decisions } = await store.take([{ key: 'k', policy, cost: 5 }]);
      return decisions[0];
    };
    expect((await take())?.kind).toBe('admitted');
    const behindUs = startUs - hourUs;
    await scene.clocked.setNowUs(behindUs);
    const denied = await take();
    expect(denied).toMatchObject({ kind: 'limited', remaining: 0 });
    // What is used up stays so for the time that it takes from here, twice at most.
    const waitMs = denied?.kind === 'limited' ? denied.retryAfterMs : Infinity;
    expect(waitMs).toBeLessThanOrEqual(4_000);
    await scene.clocked.setNowUs(behindUs + waitMs * 1_000);
    expect((await take())?.kind).toBe('admitted');
  });

  test.each(fivePerSecond)('$kind $name: forward an hour, it has one burst', async (policy) => {
    const store = new RedisStore({ client: scene.clocked });
    let admittedCount = 0;
    const takeAll = async () => {
      for (let count = 0; count < 20; count += 1) {
        const { decisions } = await store.take([{ key: 'k', policy, cost: 1 }]);
        if (decisions[0]?.kind === 'admitted') admittedCount += 1;
      }
    };
    await takeAll();
    await scene.clocked.setNowUs(startUs + hourUs);
    await takeAll();
    expect(admittedCount).toBe(10);
  });
});
