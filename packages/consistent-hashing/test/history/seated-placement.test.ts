import { describe, expect, test } from 'vitest';

import { restorePlacement } from '../../src/codec/restore.ts';
import { anchor } from '../../src/history/anchor.ts';
import { memento } from '../../src/history/memento.ts';
import { someIds, someKeys } from '../support/all-placements.ts';

describe.each([
  ['memento', memento({ nodes: someIds(12) })],
  ['anchor', anchor({ nodes: someIds(12), capacity: 40 })],
])('%s', (_, first) => {
  test('shares are even after many came and went', () => {
    const last = first
      .with({ remove: ['node-1', 'node-10', 'node-11', 'node-7'] })
      .with({ add: ['x'], remove: ['node-2'] });
    const keys = someKeys(16_000);
    const counts = new Map<string, number>();
    for (const key of keys) {
      const { id } = last.locate(key);
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    expect(counts.size).toBe(8);
    // Three deviations of a binomial distribution of 16,000 draws with a chance of 1/8 are 126.
    for (const count of counts.values()) expect(Math.abs(count - 2_000)).toBeLessThan(3 * 42);
  });

  test('a weight of 0 gives up the seat, and a weight of 1 takes it again', () => {
    const drained = first.with({ weights: { 'node-5': 0 } });
    const back = drained.with({ weights: { 'node-5': 1 } });
    for (const key of someKeys(1_000)) {
      expect(drained.locate(key).id).not.toBe('node-5');
      expect(back.locate(key).id).toBe(first.locate(key).id);
    }
    const again = restorePlacement(drained.snapshot());
    expect(again.snapshot()).toEqual(drained.snapshot());
  });
});
