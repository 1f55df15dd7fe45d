import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { gcra } from '../src/policy.ts';
import { RateLimiter } from '../src/rate-limiter.ts';
import { ManualClock } from './support/manual-clock.ts';
import { calls, makers, unitsOf } from './support/policies.ts';

describe.each(makers)('%s', (_title, make) => {
  test('what is restored in another process, later, is at least as used up', () => {
    fc.assert(
      fc.property(calls, fc.nat(3_000), fc.nat(100_000), (steps, elapsedMs, offsetMs) => {
        const policy = make(5, 1_000, 5);
        const clock = new ManualClock(0);
        const limiter = new RateLimiter({ policy, clock });
        let nowMs = 50_000;
        for (const { elapsed, cost } of steps) {
          nowMs += Math.round(elapsed * 1_000);
          limiter.take('k', { cost: unitsOf(policy, cost), nowMs });
        }
        const dump: unknown = JSON.parse(JSON.stringify(limiter.dump({ nowMs })));
        // Another process: its monotonic clock began elsewhere, the wall clock went on.
        const later = new ManualClock(0);
        later.jumpWall(elapsedMs);
        const restored = new RateLimiter({ policy, clock: later });
        restored.restore(dump, { nowMs: offsetMs });
        const before = limiter.peek('k', { cost: 0, nowMs: nowMs + elapsedMs });
        const after = restored.peek('k', { cost: 0, nowMs: offsetMs });
        expect(after.remaining).toBeLessThanOrEqual(before.remaining);
        if (policy.kind !== 'fixedWindow' && policy.kind !== 'slidingWindowCounter') {
          expect(after).toEqual(before);
        }
      }),
      { numRuns: 200 },
    );
  });
});

test('blocks are restored, less what has passed', () => {
  const clock = new ManualClock(0);
  const policy = gcra({ limit: 1, windowMs: 1_000 });
  const limiter = new RateLimiter({ policy, clock });
  limiter.block('k', 10_000, { nowMs: 5_000 });
  const dump = limiter.dump({ nowMs: 6_000 });
  clock.jumpWall(4_000);
  const restored = new RateLimiter({ policy, clock });
  restored.restore(dump, { nowMs: 1 });
  expect(restored.take('k', { nowMs: 1 })).toMatchObject({
    reason: 'blocked',
    retryAfterMs: 5_000,
  });
});

test('a wall clock that was set back prolongs nothing', () => {
  const clock = new ManualClock(0);
  const policy = gcra({ limit: 1, windowMs: 1_000 });
  const limiter = new RateLimiter({ policy, clock });
  limiter.take('k', { nowMs: 0 });
  const dump = limiter.dump({ nowMs: 0 });
  clock.jumpWall(-3_600_000);
  const restored = new RateLimiter({ policy, clock });
  restored.restore(dump, { nowMs: 0 });
  expect(restored.take('k', { nowMs: 0 })).toMatchObject({ retryAfterMs: 1_000 });
});

test('what is malformed or newer is refused, and nothing has changed', () => {
  const policy = gcra({ limit: 3, windowMs: 1_000 });
  const limiter = new RateLimiter({ policy });
  limiter.take('good', { nowMs: 0 });
  const good = limiter.dump({ nowMs: 0 });
  const [ledger] = good.ledgers;
  const withKeys = (keys: unknown) => ({ ...good, ledgers: [ledger, { ...ledger, keys }] });
  const withBlocks = (blocks: unknown) => ({ ...good, ledgers: [ledger, { ...ledger, blocks }] });
  const bad: readonly unknown[] = [
    undefined,
    null,
    'text',
    [],
    {},
    { ...good, version: 2 },
    { ...good, nowUs: 0.5 },
    { ...good, wallTimeMs: Infinity },
    { ...good, ledgers: {} },
    { ...good, ledgers: [ledger, { ...ledger, policy: { ...policy, limit: 0 } }] },
    { ...good, ledgers: [ledger, { ...ledger, policy: { ...policy, kind: 'constructor' } }] },
    withKeys([['k', [1, 2, 3]]]),
    withKeys([['k', [1, -2]]]),
    withKeys([['k', ['1']]]),
    withKeys([['k', [Number.NaN]]]),
    withKeys([[5, [1]]]),
    withKeys([['x'.repeat(10_241), [1]]]),
    withKeys([['k']]),
    withBlocks([['k', -5]]),
    withBlocks([['k', 2 ** 52]]),
    withBlocks(undefined),
  ];
  const fresh = new RateLimiter({ policy });
  for (const dump of bad) expect(() => fresh.restore(dump, { nowMs: 0 })).toThrow(RangeError);
  expect(fresh.stats).toMatchObject({ keyCount: 0, blockedCount: 0 });
  fresh.restore(good, { nowMs: 0 });
  expect(fresh.stats.keyCount).toBe(1);
});
