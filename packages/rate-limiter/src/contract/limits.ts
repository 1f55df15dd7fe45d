import { expect } from 'vitest';

import { gcra } from '../policy.ts';
import { type Clause, fivePerSecond, remainingOf, takeOne, waitOf } from './scene.ts';

/** What a single limit does. */
export function describeLimits(clause: Clause): void {
  for (const policy of fivePerSecond) {
    const { kind, name } = policy;
    clause(`${kind} ${name}: admits up to its limit, then says how long`, async (fixture) => {
      const { store, advance } = fixture;
      const left: number[] = [];
      for (let count = 0; count < 5; count += 1) {
        const decision = await takeOne(store, policy);
        expect(decision).toMatchObject({ kind: 'admitted', reason: 'withinLimit' });
        expect(decision).toMatchObject({ policyName: name, limit: policy.limit });
        left.push(decision.remaining);
      }
      expect(left).toEqual([4, 3, 2, 1, 0]);
      const limited = await takeOne(store, policy);
      expect(limited).toMatchObject({ kind: 'limited', reason: 'limitReached', remaining: 0 });
      expect(limited.resetAfterMs).toBeGreaterThanOrEqual(waitOf(limited));
      await advance(waitOf(limited) - 0.001);
      expect(await takeOne(store, policy)).toMatchObject({ kind: 'limited', retryAfterMs: 0.001 });
      await advance(0.001);
      expect(await takeOne(store, policy)).toMatchObject({ kind: 'admitted' });
    });

    clause(`${kind} ${name}: has all of it again after what it says`, async (fixture) => {
      const { store, advance } = fixture;
      const { resetAfterMs } = await takeOne(store, policy, { cost: 4 });
      expect(resetAfterMs).toBeGreaterThan(0);
      await advance(resetAfterMs);
      const rested = await takeOne(store, policy, { cost: 0 });
      expect(rested).toMatchObject({ kind: 'admitted', remaining: 5, resetAfterMs: 0 });
    });

    clause(`${kind} ${name}: what costs more than is left costs nothing`, async ({ store }) => {
      await takeOne(store, policy, { cost: 3 });
      for (let count = 0; count < 50; count += 1) {
        expect(await takeOne(store, policy, { cost: 3 })).toMatchObject({ kind: 'limited' });
      }
      expect(await takeOne(store, policy, { cost: 2 })).toMatchObject({ kind: 'admitted' });
    });

    clause(`${kind} ${name}: what can never be admitted is said so at once`, async ({ store }) => {
      const never = { kind: 'limited', reason: 'costAboveLimit', retryAfterMs: Infinity };
      expect(await takeOne(store, policy, { cost: 6 })).toMatchObject(never);
      expect(await takeOne(store, policy, { cost: 2 ** 31 - 1 })).toMatchObject(never);
      expect(await takeOne(store, policy, { cost: 3, headroom: 3 })).toMatchObject(never);
      expect(await remainingOf(store, policy)).toBe(5);
    });
  }

  clause('a look costs nothing, and is admitted with nothing left', async ({ store }) => {
    const policy = gcra({ limit: 2, windowMs: 1_000 });
    expect(await takeOne(store, policy, { cost: 2 })).toMatchObject({ remaining: 0 });
    const look = await takeOne(store, policy, { cost: 0 });
    expect(look).toMatchObject({ kind: 'admitted', remaining: 0, resetAfterMs: 1_000 });
  });

  clause('headroom is left for others, and is not charged', async ({ store }) => {
    const policy = gcra({ limit: 5, windowMs: 1_000 });
    const careful = { headroom: 2 };
    for (const remaining of [4, 3, 2]) {
      expect(await takeOne(store, policy, careful)).toMatchObject({ kind: 'admitted', remaining });
    }
    const limited = await takeOne(store, policy, careful);
    expect(limited).toMatchObject({ kind: 'limited', remaining: 2, retryAfterMs: 200 });
    expect(await takeOne(store, policy, { cost: 2 })).toMatchObject({ kind: 'admitted' });
  });

  clause('keys, names and kinds are counted apart', async ({ store }) => {
    for (const policy of fivePerSecond) {
      for (const key of ['a', 'b']) {
        expect(await takeOne(store, { ...policy, name: 'same' }, { key })).toBeDefined();
        expect(await takeOne(store, policy, { key, cost: 5 })).toMatchObject({ kind: 'admitted' });
      }
    }
  });

  clause('a limit that changes keeps what was used, as a share of its window', async (fixture) => {
    const { store, advance } = fixture;
    const limitOf = (limit: number) => gcra({ limit, windowMs: 1_000 });
    expect(await takeOne(store, limitOf(10), { cost: 5 })).toMatchObject({ remaining: 5 });
    expect(await remainingOf(store, limitOf(100))).toBe(50);
    expect(await remainingOf(store, limitOf(2))).toBe(1);
    const shorter = gcra({ limit: 2, windowMs: 10 });
    expect(waitOf(await takeOne(store, shorter, { cost: 2 }))).toBeLessThanOrEqual(20);
    await advance(20);
    expect(await takeOne(store, shorter, { cost: 2 })).toMatchObject({ kind: 'admitted' });
  });
}
