/*
 * What goes wrong elsewhere: the order in which nodes went is part of the answer, but no part of
 * the snapshot; whoever restores it disagrees with whoever made it.
 */
import { describe, expect, test } from 'vitest';

import { restorePlacement } from '../../src/codec/restore.ts';
import { anchor } from '../../src/history/anchor.ts';
import { memento } from '../../src/history/memento.ts';
import { someIds, someKeys } from '../support/all-placements.ts';

describe.each([
  ['memento', memento({ nodes: someIds(8) })],
  ['anchor', anchor({ nodes: someIds(8), capacity: 16 })],
])('%s', (_, first) => {
  const oneWay = first.with({ remove: ['node-1'] }).with({ remove: ['node-5'] });
  const otherWay = first.with({ remove: ['node-5'] }).with({ remove: ['node-1'] });

  test('two histories disagree, and say that they may', () => {
    expect(first.traits.orderDependent).toBe(true);
    const differing = someKeys(2_000).filter(
      (key) => oneWay.locate(key).id !== otherWay.locate(key).id,
    );
    expect(differing.length).toBeGreaterThan(0);
  });

  test.each([
    ['one way', oneWay],
    ['the other way', otherWay],
  ])('a snapshot carries the history: %s', (__, placement) => {
    const restored = restorePlacement(placement.snapshot());
    const next = placement.with({ add: ['new'] });
    const nextRestored = restored.with({ add: ['new'] });
    for (const key of someKeys(10_000)) {
      expect(restored.locate(key).id).toBe(placement.locate(key).id);
      expect(nextRestored.locate(key).id).toBe(next.locate(key).id);
    }
  });
});
