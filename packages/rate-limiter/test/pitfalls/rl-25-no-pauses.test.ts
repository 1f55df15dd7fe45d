/**
 * A million keys expire at once, and the call that notices cleans up all of them while everybody
 * else waits; or keys are chosen so that they collide in a table.
 *
 * Protection: an insertion looks at two slots more and never at all of them, states lie in pages
 * that are never copied, keys in shards that are copied one at a time, and those of one hash in a
 * map whose hash is seeded: see also `key-shard.model.test.ts`.
 */
import { expect, test } from 'vitest';

import { Gcra } from '../../src/algorithms/gcra.ts';
import { gcra, RateLimiter } from '../../src/index.ts';
import { KeyTable } from '../../src/key-table.ts';

const policy = gcra({ limit: 3, windowMs: 1_000 });

/** Counts what the table looks at. */
class WatchedGcra extends Gcra {
  lookCount = 0;

  override restedAtUs(cells: Float64Array, at: number): number {
    this.lookCount += 1;
    return super.restedAtUs(cells, at);
  }
}

test('an insertion looks at two slots, however many have rested', () => {
  const algorithm = new WatchedGcra(policy);
  const table = new KeyTable(algorithm.width, { maxKeys: 200_000, maxCharacters: 1e9 });
  for (let key = 0; key < 100_000; key += 1) {
    const slot = table.insert(`key ${key}`, 0, algorithm);
    algorithm.charge(table.pageOf(slot), table.offsetOf(slot), 0, 1);
  }
  algorithm.lookCount = 0;
  for (let key = 0; key < 40_000; key += 1) {
    const before = algorithm.lookCount;
    table.insert(`later ${key}`, 10_000_000, algorithm);
    expect(algorithm.lookCount - before).toBeLessThanOrEqual(2);
  }
  expect(table.size).toBeLessThan(70_000);
});

test('keys that have rested make room, so that dead ones never outnumber the living', () => {
  const limiter = new RateLimiter({ policy });
  for (let round = 0; round < 20; round += 1) {
    for (let key = 0; key < 1_000; key += 1) {
      limiter.take(`key ${round} ${key}`, { nowMs: round * 1_000 });
    }
    expect(limiter.stats.keyCount).toBeLessThanOrEqual(2_000);
  }
});

test('keys of one shape are found as others are', () => {
  const limiter = new RateLimiter({ policy, memory: { maxKeys: 70_000 } });
  // Pairs that many polynomial hashes cannot tell apart.
  const twins = ['Aa', 'BB'];
  for (let number = 0; number < 2 ** 16; number += 1) {
    let key = '';
    for (let bit = 0; bit < 16; bit += 1) key += twins[(number >> bit) & 1] ?? '';
    expect(limiter.take(key, { nowMs: 0 }).remaining).toBe(2);
  }
  expect(limiter.stats.keyCount).toBe(2 ** 16);
});
