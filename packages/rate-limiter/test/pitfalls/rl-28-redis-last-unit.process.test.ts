/**
 * Elsewhere: a limiter reads in one command and writes in another, and of many at once several get
 * the last unit.
 *
 * Protection: a decision is one script (`take-scripts.ts`).
 */
import { describe, expect, test } from 'vitest';

import { fivePerSecond } from '../../src/contract/scene.ts';
import type { RatePolicy } from '../../src/policy.ts';
import { RedisStore } from '../../src/redis/redis-store.ts';
import { clientKinds } from '../support/redis-clients.ts';
import { redisScene } from '../support/redis-scene.ts';
import { redisIsMissing } from '../support/redis-server.ts';

describe.skipIf(redisIsMissing)('of 64 callers over eight connections', () => {
  const scene = redisScene();
  const slow = fivePerSecond.map((policy): RatePolicy => ({ ...policy, windowMs: 3_600_000 }));

  test.each(slow)('$kind $name: the last unit goes to one', async (policy) => {
    const names = Object.keys(clientKinds);
    const clients = await Promise.all(
      Array.from({ length: 8 }, (_, at) => clientKinds[names[at % 2]!]!(scene.server.port)),
    );
    const stores = clients.map(({ client }) => new RedisStore({ client }));
    for (let round = 0; round < 5; round += 1) {
      const check = { key: `round ${round}`, policy, cost: 1 };
      await stores[0]!.take([{ ...check, cost: 4 }]);
      const verdicts = await Promise.all(
        Array.from({ length: 64 }, (_, index) => stores[index % 8]!.take([check])),
      );
      const kinds = verdicts.map(({ decisions }) => decisions[0]?.kind);
      expect(kinds.filter((kind) => kind === 'admitted')).toHaveLength(1);
    }
    await Promise.all(clients.map(({ end }) => end()));
  });
});
