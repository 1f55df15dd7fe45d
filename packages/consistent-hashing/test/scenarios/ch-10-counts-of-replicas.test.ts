/*
 * What goes wrong elsewhere: more replicas than nodes are asked for, and the walk goes round for
 * ever or names a node twice; a count of 0, -1 or NaN gives all nodes, or one.
 */
import { describe, expect, test } from 'vitest';

import { allPlacements, someIds, someKeys } from '../support/all-placements.ts';

describe.each(allPlacements)('%s', (_, make) => {
  const placement = make(someIds(9));

  test('names every node once if asked for more than there are', () => {
    for (const key of someKeys(200)) {
      const ids = placement.locateN(key, 1_000_000).map(({ id }) => id);
      expect([...ids].sort()).toEqual(someIds(9));
    }
  });

  test('begins with the owner, and every list begins the next longer one', () => {
    for (const key of someKeys(200)) {
      const all = placement.locateN(key, 9);
      expect(all[0]).toBe(placement.locate(key));
      for (let count = 0; count < 9; count += 1) {
        expect(placement.locateN(key, count)).toEqual(all.slice(0, count));
      }
    }
  });

  test.each([-1, Number.NaN, 0.5, Infinity])('refuses %d replicas', (count) => {
    expect(() => placement.locateN('key', count)).toThrow(/^count: expected an integer/);
  });
});
