/**
 * Elsewhere: limits are taken one after the other; when the third denies, the first two have
 * charged, and a client that is limited by one uses up the others.
 *
 * Protection: one script reads all keys and writes all or none (`takeAllScript`).
 */
import { describe, expect, test } from 'vitest';

import { fivePerSecond } from '../../src/contract/scene.ts';
import type { RatePolicy } from '../../src/policy.ts';
import { redisScene } from '../support/redis-scene.ts';
import { redisIsMissing } from '../support/redis-server.ts';

describe.skipIf(redisIsMissing)('several limits in one decision', () => {
  const scene = redisScene();
  const slow = fivePerSecond.map((policy): RatePolicy => ({ ...policy, windowMs: 3_600_000 }));

  test.each(slow)('$kind $name denies: no other is charged', async (policy) => {
    const { store } = scene;
    await store.take([{ key: 'k', policy, cost: 5 }]);
    const others = slow.filter((other) => other !== policy);
    const all = [...others, policy].map((one) => ({ key: 'k', policy: one, cost: 1 }));
    for (let count = 0; count < 10; count += 1) {
      const { decisions, chargeId } = await store.take(all);
      expect(chargeId).toBeUndefined();
      expect(decisions.filter(({ kind }) => kind === 'limited')).toHaveLength(1);
    }
    for (const other of others) {
      const { decisions } = await store.take([{ key: 'k', policy: other, cost: 0 }]);
      expect(decisions[0]?.remaining).toBe(5);
    }
  });

  test('64 at once charge all limits alike', async () => {
    const { store } = scene;
    const all = slow.map((policy) => ({ key: 'k', policy, cost: 1 }));
    const verdicts = await Promise.all(Array.from({ length: 64 }, () => store.take(all)));
    expect(verdicts.filter(({ chargeId }) => chargeId !== undefined)).toHaveLength(5);
    const { decisions } = await store.take(all.map((check) => ({ ...check, cost: 0 })));
    expect(decisions.map(({ remaining }) => remaining)).toEqual(slow.map(() => 0));
  });
});
