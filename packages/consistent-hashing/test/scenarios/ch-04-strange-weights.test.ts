/*
 * What goes wrong elsewhere: weight 0 is taken for 1, so a node that was to be drained gets keys;
 * NaN and negative weights end in empty or endless loops; tiny and huge ones in sums that are
 * infinite, or nothing.
 */
import { describe, expect, test } from 'vitest';

import { allPlacements, someIds, someKeys } from '../support/all-placements.ts';

describe.each(allPlacements)('%s', (_, make) => {
  test('gives a node of weight 0 no key, and keeps it', () => {
    const placement = make([...someIds(5), { id: 'drained', weight: 0 }]);
    expect(placement.nodes.map(({ id }) => id)).toContain('drained');
    for (const key of someKeys(2_000)) {
      expect(placement.locate(key).id).not.toBe('drained');
    }
    const all = placement.locateN('key', 9).map(({ id }) => id);
    expect(all).toHaveLength(5);
    expect(all).not.toContain('drained');
  });

  test('drains a node by weight as it would by removing it', () => {
    const before = make(someIds(5));
    if (before.traits.orderDependent) return;
    const drained = before.with({ weights: { 'node-2': 0 } });
    const without = before.with({ remove: ['node-2'] });
    for (const key of someKeys(500)) {
      expect(drained.locate(key).id).toBe(without.locate(key).id);
    }
  });

  test.each([Number.NaN, -1, Infinity, 1e-320, 2 ** 53])('refuses a weight of %d', (weight) => {
    expect(() => make(['a', { id: 'b', weight }])).toThrow(/^weight of "b": expected 0 or/);
    const placement = make(['a', 'b']);
    expect(() => placement.with({ weights: { b: weight } })).toThrow(RangeError);
    expect(placement.nodes).toHaveLength(2);
  });
});
