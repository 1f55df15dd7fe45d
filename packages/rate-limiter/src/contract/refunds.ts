import { expect } from 'vitest';

import { gcra } from '../policy.ts';
import { chargeOf, type Clause, fivePerSecond, remainingOf, takeOne } from './scene.ts';

/** What comes back. */
export function describeRefunds(clause: Clause): void {
  for (const policy of fivePerSecond) {
    const { kind, name } = policy;
    clause(`${kind} ${name}: gives back what was charged, once`, async ({ store }) => {
      const first = await chargeOf(store, policy, 3);
      await chargeOf(store, policy, 2);
      await store.refund(first);
      expect(await remainingOf(store, policy)).toBe(3);
      await Promise.all([store.refund(first), store.refund(first)]);
      expect(await remainingOf(store, policy)).toBe(3);
    });

    clause(`${kind} ${name}: does not give back what time has`, async ({ store, advance }) => {
      const old = await chargeOf(store, policy, 5);
      await advance(2_000);
      await takeOne(store, policy, { cost: 5 });
      await store.refund(old);
      expect(await remainingOf(store, policy)).toBe(0);
    });

    clause(`${kind} ${name}: never has more than its limit`, async ({ store, advance }) => {
      const id = await chargeOf(store, policy, 2);
      await advance(100);
      await store.refund(id);
      expect(await remainingOf(store, policy)).toBe(5);
      expect(await takeOne(store, policy, { cost: 5 })).toMatchObject({ kind: 'admitted' });
      expect(await takeOne(store, policy)).toMatchObject({ kind: 'limited' });
    });
  }

  clause('gives back all parts of a charge under several limits', async ({ store }) => {
    const left = gcra({ name: 'left', limit: 5, windowMs: 1_000 });
    const right = gcra({ name: 'right', limit: 9, windowMs: 1_000 });
    const { chargeId = '' } = await store.take([
      { key: 'k', policy: left, cost: 2 },
      { key: 'k', policy: right, cost: 4 },
    ]);
    await store.refund(chargeId);
    expect(await remainingOf(store, left)).toBe(5);
    expect(await remainingOf(store, right)).toBe(9);
  });

  clause('a charge that need not be named counts like any other', async ({ store }) => {
    const policy = gcra({ limit: 5, windowMs: 1_000 });
    const other = gcra({ name: 'other', limit: 9, windowMs: 1_000 });
    const check = { key: 'k', policy, cost: 2 };
    await store.take([check], { refundable: false });
    expect(await remainingOf(store, policy)).toBe(3);
    const both = [check, { key: 'k', policy: other, cost: 4 }];
    await store.take(both, { refundable: false });
    expect(await remainingOf(store, policy)).toBe(1);
    expect(await remainingOf(store, other)).toBe(5);
  });

  clause('an id that names no charge changes nothing', async ({ store }) => {
    const policy = gcra({ limit: 5, windowMs: 1_000 });
    const id = await chargeOf(store, policy, 5);
    for (const unknown of ['', 'nothing', '__proto__', `${id}x`, id.slice(1), `x${id}`]) {
      await store.refund(unknown);
    }
    expect(await remainingOf(store, policy)).toBe(0);
  });

  clause('after a reset there is nothing to give back', async ({ store }) => {
    const policy = gcra({ limit: 5, windowMs: 1_000 });
    const id = await chargeOf(store, policy, 3);
    await store.reset('k', policy);
    await store.refund(id);
    expect(await remainingOf(store, policy)).toBe(5);
  });
}
