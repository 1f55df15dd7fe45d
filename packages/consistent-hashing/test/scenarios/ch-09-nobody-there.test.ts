/*
 * What goes wrong elsewhere: without nodes a lookup divides by zero, returns `undefined` that is
 * used as a node, or loops; and once the last node has gone and come back, keys live elsewhere.
 */
import { describe, expect, test } from 'vitest';

import { NoNodesError } from '../../src/errors.ts';
import { restorePlacement } from '../../src/codec/restore.ts';
import { allPlacements, someIds, someKeys } from '../support/all-placements.ts';

describe.each(allPlacements)('%s', (_, make) => {
  test.each([[[]], [[{ id: 'drained', weight: 0 }]]])(
    'of %j has no owner, and says so',
    (nodes) => {
      const placement = make(nodes);
      expect(() => placement.locate('key')).toThrow(NoNodesError);
      expect(placement.tryLocate('key')).toBeUndefined();
      expect(placement.locateIndex(1, 2)).toBe(-1);
      expect(placement.locateN('key', 3)).toEqual([]);
      expect([...placement.ranked(1, 2)]).toEqual([]);
      expect(restorePlacement(placement.snapshot()).tryLocate('key')).toBeUndefined();
    },
  );

  test('has its owners back once its nodes are', () => {
    const ids = someIds(3);
    const before = make(ids);
    const after = before.with({ remove: ids }).with({ add: ids });
    expect(after.epoch).toBe(2);
    for (const key of someKeys(1_000)) expect(after.locate(key).id).toBe(before.locate(key).id);
  });
});
