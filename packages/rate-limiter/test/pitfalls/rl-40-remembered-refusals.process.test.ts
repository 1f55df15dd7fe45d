/**
 * Elsewhere: a process remembers that a key is limited, and goes on refusing it after a refund, a
 * reset, or the end of a block that another process has lifted; or the memory of refused keys has
 * no bound.
 *
 * Protection: what this process does to a key it knows at once, everything else after `shareForMs`,
 * and no more than `keyCountMax` keys are remembered (`leased-store.ts`).
 */
import { describe, expect, test } from 'vitest';

import { gcra } from '../../src/policy.ts';
import { LeasedStore } from '../../src/redis/leased-store.ts';
import { RedisStore } from '../../src/redis/redis-store.ts';
import { redisScene } from '../support/redis-scene.ts';
import { redisIsMissing } from '../support/redis-server.ts';

const policy = gcra({ limit: 4, windowMs: 3_600_000 });

describe.skipIf(redisIsMissing)('two processes that remember refusals', () => {
  const scene = redisScene();

  function twoProcesses() {
    let nowMs = 0;
    const setTimer = (): never => {
      throw new Error('nobody needs a timer');
    };
    const clock = { nowMs: () => nowMs, wallTimeMs: () => nowMs, setTimer };
    const storeOf = () =>
      new LeasedStore({ store: new RedisStore({ client: scene.redis }), clock, keyCountMax: 100 });
    const pass = (byMs: number): void => void (nowMs += byMs);
    return { here: storeOf(), there: storeOf(), pass };
  }

  const kindOf = async (store: LeasedStore, cost = 1): Promise<string | undefined> =>
    (await store.take([{ key: 'k', policy, cost }])).decisions[0]?.kind;

  test('know a reset here at once, and there in time', async () => {
    const { here, there, pass } = twoProcesses();
    for (let count = 0; count < 4; count += 1) await kindOf(here);
    expect([await kindOf(here), await kindOf(there)]).toEqual(['limited', 'limited']);
    await here.reset('k', policy);
    expect([await kindOf(here), await kindOf(there)]).toEqual(['admitted', 'limited']);
    pass(1_000);
    expect(await kindOf(there)).toBe('admitted');
  });

  test('know a block that is lifted here at once, and there in time', async () => {
    const { here, there, pass } = twoProcesses();
    await here.block('k', policy, 3_600_000);
    expect([await kindOf(here), await kindOf(there)]).toEqual(['limited', 'limited']);
    await here.block('k', policy, 0);
    expect([await kindOf(here), await kindOf(there)]).toEqual(['admitted', 'limited']);
    pass(1_000);
    expect(await kindOf(there)).toBe('admitted');
  });

  test('know a refund here at once', async () => {
    const { here } = twoProcesses();
    const { chargeId = '' } = await here.take([{ key: 'k', policy, cost: 1 }]);
    for (let count = 0; count < 3; count += 1) await kindOf(here);
    expect(await kindOf(here)).toBe('limited');
    await here.refund(chargeId);
    expect(await kindOf(here)).toBe('admitted');
  });

  test('remember a bounded number of keys', async () => {
    const { here } = twoProcesses();
    for (let index = 0; index < 300; index += 1) {
      await here.take([{ key: `attacker ${index}`, policy, cost: 1 }]);
    }
    expect(here.keyCount).toBe(100);
  });
});
