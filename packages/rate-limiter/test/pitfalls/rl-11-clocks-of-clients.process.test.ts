/**
 * Elsewhere: the client sends the time; one host whose clock is an hour ahead refills every limit
 * for the whole fleet, and leaves a future behind that the others then wait for.
 *
 * Protection: scripts ask the server for the time (`readClock`, `lua.ts`); no argument is an
 * instant.
 */
import { afterEach, describe, expect, test, vi } from 'vitest';

import { fivePerSecond } from '../../src/contract/scene.ts';
import type { Decision } from '../../src/decision.ts';
import type { RatePolicy } from '../../src/policy.ts';
import { RedisStore } from '../../src/redis/redis-store.ts';
import { redisScene } from '../support/redis-scene.ts';
import { redisIsMissing } from '../support/redis-server.ts';

describe.skipIf(redisIsMissing)('clients whose clocks are wrong', () => {
  const scene = redisScene();
  afterEach(() => void vi.useRealTimers());

  const hourMs = 3_600_000;
  const slow = fivePerSecond.map((policy): RatePolicy => ({ ...policy, windowMs: hourMs }));

  test.each(slow)('$kind $name: decide as the others do', async (policy) => {
    const { clocked } = scene;
    const check = { key: 'k', policy, cost: 1 };
    const decisions: (Decision | undefined)[] = [];
    for (const offMs of [0, hourMs, -hourMs, 24 * hourMs, 0, -24 * hourMs]) {
      vi.useFakeTimers({ toFake: ['Date', 'performance'], now: Date.now() + offMs });
      const verdict = await new RedisStore({ client: clocked }).take([check]);
      vi.useRealTimers();
      decisions.push(verdict.decisions[0]);
    }
    expect(decisions.map((decision) => decision?.remaining)).toEqual([4, 3, 2, 1, 0, 0]);
    expect(decisions.at(-1)?.kind).toBe('limited');
  });
});
