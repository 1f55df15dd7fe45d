/*
 * What goes wrong elsewhere: nodes are numbered as they come, points are random, or ties go to
 * whoever was added last. Two processes with the same list in another order then disagree, each in
 * silence.
 */
import { expect, test } from 'vitest';

import { allPlacements, shuffled, someIds, someKeys } from '../support/all-placements.ts';

test.each(allPlacements)('%s answers alike for a hundred orders of the same nodes', (_, make) => {
  const keys = someKeys(10_000);
  const first = make(someIds(12));
  const bytes = first.snapshot();
  for (let order = 0; order < 100; order += 1) {
    const other = make(shuffled(someIds(12), order));
    expect(other.snapshot()).toEqual(bytes);
    for (const key of keys.slice(100 * order, 100 * order + 100)) {
      expect(other.locate(key).id).toBe(first.locate(key).id);
    }
    for (const key of keys.slice(10 * order, 10 * order + 10)) {
      expect(other.locateN(key, 4)).toEqual(first.locateN(key, 4));
    }
  }
});

test.each(allPlacements)('%s answers alike however its nodes came to be there', (_, make) => {
  const direct = make(someIds(8));
  if (direct.traits.orderDependent) return;
  const grown = make(['x', 'node-7'])
    .with({ add: someIds(4) })
    .with({ add: someIds(7).slice(4), remove: ['x'] });
  for (const key of someKeys(1_000)) expect(grown.locate(key).id).toBe(direct.locate(key).id);
});
