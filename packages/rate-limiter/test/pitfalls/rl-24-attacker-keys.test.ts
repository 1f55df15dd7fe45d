/**
 * Whoever can choose keys fills the memory with them; or fills the table, so that its oldest entry,
 * the limited one, is forgotten and free.
 *
 * Protection: the table is bounded in keys and characters, gives up no key that is limited, and
 * lets those that find no place share a state.
 */
import { expect, test } from 'vitest';

import { gcra, RateLimiter } from '../../src/index.ts';

const policy = gcra({ limit: 3, windowMs: 60_000 });

test.each([
  [1_000_000, 1_000],
  [200_000, 10_000],
])('%i keys leave %i, and a limited key is limited still', (keyCount, maxKeys) => {
  const limiter = new RateLimiter({ policy, memory: { maxKeys } });
  for (let count = 0; count < 3; count += 1) limiter.take('limited', { nowMs: 0 });
  limiter.block('blocked', 60_000, { nowMs: 0 });
  for (let key = 0; key < keyCount; key += 1) limiter.take(`key ${key}`, { nowMs: 1 });
  expect(limiter.stats.keyCount).toBe(maxKeys);
  expect(limiter.take('limited', { nowMs: 1 }).kind).toBe('limited');
  expect(limiter.take('blocked', { nowMs: 1 })).toMatchObject({ reason: 'blocked' });
});

test('a table full of limited keys frees none of them, and new ones share a limit', () => {
  const limiter = new RateLimiter({ policy, memory: { maxKeys: 100 } });
  for (let key = 0; key < 100; key += 1) limiter.take(`old ${key}`, { cost: 3, nowMs: 0 });
  let admitted = 0;
  for (let key = 0; key < 10_000; key += 1) {
    if (limiter.take(`new ${key}`, { nowMs: 0 }).kind === 'admitted') admitted += 1;
  }
  expect(admitted).toBe(3);
  expect(limiter.stats).toMatchObject({ keyCount: 100, evictedCount: 0, sparedCount: 10_000 });
  for (let key = 0; key < 100; key += 1) {
    expect(limiter.take(`old ${key}`, { nowMs: 0 }).kind).toBe('limited');
  }
});

test('long keys are bounded by their characters', () => {
  const limiter = new RateLimiter({ policy, memory: { maxKeys: 1_000, maxKeyCharacters: 50_000 } });
  for (let key = 0; key < 1_000; key += 1) {
    limiter.take(`${'x'.repeat(9_990)}${key}`, { nowMs: 0 });
  }
  expect(limiter.stats.keyCount).toBeLessThanOrEqual(5);
});
