import { expect } from 'vitest';

import { fixedWindow, gcra } from '../policy.ts';
import type { Check } from '../store.ts';
import { type Clause, fivePerSecond, remainingOf, takeOne } from './scene.ts';

const user = gcra({ name: 'user', limit: 2, windowMs: 1_000 });
const organisation = fixedWindow({ name: 'organisation', limit: 5, windowMs: 60_000 });
const everybody = gcra({ name: 'everybody', limit: 3, windowMs: 1_000 });

const checksOf = (...costs: readonly [number, number, number]): readonly Check[] => [
  { key: 'u', policy: user, cost: costs[0] },
  { key: 'o', policy: organisation, cost: costs[1] },
  { key: '', policy: everybody, cost: costs[2] },
];

/** What several limits and several callers do together. */
export function describeAtomicity(clause: Clause): void {
  clause('several limits are charged together', async ({ store }) => {
    const { decisions, chargeId } = await store.take(checksOf(1, 1, 2));
    expect(decisions.map(({ kind }) => kind)).toEqual(['admitted', 'admitted', 'admitted']);
    expect(decisions.map(({ policyName }) => policyName)).toEqual([
      'user',
      'organisation',
      'everybody',
    ]);
    expect(decisions.map(({ remaining }) => remaining)).toEqual([1, 4, 1]);
    expect(chargeId).toBeTypeOf('string');
  });

  for (const position of [0, 1, 2] as const) {
    clause(`if limit ${position + 1} of three does not admit, none is charged`, async (fixture) => {
      const { store } = fixture;
      const costs: [number, number, number] = [1, 1, 1];
      costs[position] = 6;
      const { decisions, chargeId } = await store.take(checksOf(...costs));
      const kinds = ['admitted', 'admitted', 'admitted'];
      kinds[position] = 'limited';
      expect(decisions.map(({ kind }) => kind)).toEqual(kinds);
      expect(chargeId).toBeUndefined();
      expect(await remainingOf(store, user, 'u')).toBe(2);
      expect(await remainingOf(store, organisation, 'o')).toBe(5);
      expect(await remainingOf(store, everybody, '')).toBe(3);
    });
  }

  clause('a limit in shadow mode says what it would do, and holds back nobody', async (fixture) => {
    const { store } = fixture;
    const both = [
      { key: 'u', policy: user, cost: 1, mode: 'shadow' },
      { key: '', policy: everybody, cost: 1 },
    ] as const;
    const reasons: string[] = [];
    for (let count = 0; count < 3; count += 1) {
      const { decisions } = await store.take(both);
      expect(decisions.map(({ kind }) => kind)).toEqual(['admitted', 'admitted']);
      reasons.push(decisions[0]?.reason ?? '');
    }
    expect(reasons).toEqual(['withinLimit', 'withinLimit', 'shadow']);
    const { decisions } = await store.take(both);
    expect(decisions.map(({ kind }) => kind)).toEqual(['admitted', 'limited']);
    expect(await remainingOf(store, user, 'u')).toBe(0);
  });

  for (const policy of fivePerSecond) {
    clause(
      `${policy.kind} ${policy.name}: of many at once, the last unit goes to one`,
      async (fixture) => {
        const { store } = fixture;
        await takeOne(store, policy, { cost: 4 });
        const all = await Promise.all(Array.from({ length: 64 }, () => takeOne(store, policy)));
        expect(all.filter(({ kind }) => kind === 'admitted')).toHaveLength(1);
      },
    );
  }

  clause('a block limits until it ends, and reset ends it', async ({ store, advance }) => {
    await store.block('u', user, 5_000);
    const blocked = await takeOne(store, user, { key: 'u' });
    expect(blocked).toMatchObject({ kind: 'limited', reason: 'blocked', remaining: 0 });
    expect(blocked).toMatchObject({ retryAfterMs: 5_000 });
    const other = await takeOne(store, user, { key: 'v' });
    expect(other).toMatchObject({ kind: 'admitted' });
    await advance(4_999);
    expect(await takeOne(store, user, { key: 'u' })).toMatchObject({ retryAfterMs: 1 });
    await advance(1);
    expect(await takeOne(store, user, { key: 'u' })).toMatchObject({ kind: 'admitted' });
    await store.block('u', user, 5_000);
    await store.block('u', user, 0);
    expect(await takeOne(store, user, { key: 'u' })).toMatchObject({ kind: 'admitted' });
    await store.block('u', user, 5_000);
    await store.reset('u', user);
    expect(await takeOne(store, user, { key: 'u' })).toMatchObject({ remaining: 1 });
  });

  clause('reset forgets one key under one policy', async ({ store }) => {
    for (const key of ['*', 'a', 'ab']) await takeOne(store, user, { key, cost: 2 });
    await takeOne(store, everybody, { key: '*', cost: 2 });
    await store.reset('*', user);
    expect(await remainingOf(store, user, '*')).toBe(2);
    expect(await remainingOf(store, user, 'a')).toBe(0);
    expect(await remainingOf(store, user, 'ab')).toBe(0);
    expect(await remainingOf(store, everybody, '*')).toBe(1);
  });
}
