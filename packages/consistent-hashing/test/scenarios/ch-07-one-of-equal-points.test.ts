/*
 * What goes wrong elsewhere: the map from points to nodes has one entry for two nodes. Removing one
 * of them removes the entry, and with it a point of the other, or crashes at the second removal.
 */
import { expect, test } from 'vitest';

import { nodeSet } from '../../src/node-set.ts';
import { CirclePlacement } from '../../src/ring/circle-placement.ts';
import { stubRules } from '../support/stub-rules.ts';

const rules = stubRules({ a: [100], b: [500], c: [500] });
const both = new CirclePlacement(nodeSet(['a', 'b', 'c']), 0, rules);

test.each([
  ['b', 'c'],
  ['c', 'b'],
])('without %s, %s has the place that they shared', (gone, left) => {
  const placement = both.with({ remove: [gone] });
  expect(placement.nodes[placement.locateIndex(500, 0)]?.id).toBe(left);
  const alone = placement.with({ remove: ['a'] });
  expect(alone.nodes[alone.locateIndex(501, 0)]?.id).toBe(left);
  expect(alone.with({ remove: [left] }).locateIndex(500, 0)).toBe(-1);
});

test('whoever shares all its places is still a replica', () => {
  const ids = [...both.ranked(300, 0)].map((index) => both.nodes[index]?.id);
  expect(ids).toEqual(['b', 'a', 'c']);
});
