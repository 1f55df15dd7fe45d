/**
 * The third of three limits denies, and the first two have been charged already; the answer names
 * the wrong limit, or a wait after which another still denies.
 *
 * Protection: all waits are read before anything is charged, and the longest one binds.
 */
import { expect, test } from 'vitest';

import {
  createMemoryRateLimitStore,
  fixedWindow,
  gcra,
  MemoryStore,
  SharedRateLimiter,
} from '../../src/index.ts';

const user = gcra({ name: 'user', limit: 5, windowMs: 1_000 });
const team = gcra({ name: 'team', limit: 2, windowMs: 60_000 });
const all = fixedWindow({ name: 'all', limit: 1, windowMs: 10_000, anchor: 'firstRequest' });

test('a denial by the third limit charges neither of the first two', () => {
  const store = new MemoryStore();
  store.take([{ key: '', policy: all, cost: 1 }], 0);
  const checks = [
    { key: 'u', policy: user, cost: 1 },
    { key: 't', policy: team, cost: 1 },
    { key: '', policy: all, cost: 1 },
  ];
  for (let count = 0; count < 10; count += 1) {
    const { decisions } = store.take(checks, 0);
    expect(decisions.map(({ kind }) => kind)).toEqual(['admitted', 'admitted', 'limited']);
    expect(decisions.map(({ remaining }) => remaining)).toEqual([5, 2, 0]);
  }
});

test('the longest wait is reported with its policy, and suffices', async () => {
  let nowMs = 0;
  const store = createMemoryRateLimitStore({ nowMs: () => nowMs });
  const limiter = new SharedRateLimiter({ store });
  const checks = [
    { key: 'u', policy: user, cost: 1 },
    { key: 't', policy: team, cost: 1 },
    { key: '', policy: all, cost: 1 },
  ];
  await limiter.takeAll([
    { key: 't', policy: team, cost: 2 },
    { key: '', policy: all, cost: 1 },
  ]);
  const { decision } = await limiter.takeAll(checks);
  expect(decision).toMatchObject({ kind: 'limited', policyName: 'team', retryAfterMs: 30_000 });
  nowMs += 29_999;
  expect((await limiter.takeAll(checks)).decision.kind).toBe('limited');
  nowMs += 1;
  expect((await limiter.takeAll(checks)).decision).toMatchObject({
    kind: 'admitted',
    policyName: 'team',
    remaining: 0,
  });
  await limiter.close();
});
