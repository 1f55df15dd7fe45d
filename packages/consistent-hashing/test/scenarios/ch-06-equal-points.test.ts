/*
 * What goes wrong elsewhere: two nodes have a point at the same place, and whoever was added last
 * has it. After a restart of one of them the owner of the keys in front of it is another.
 */
import { expect, test } from 'vitest';

import { nodeSet } from '../../src/node-set.ts';
import type { Placement } from '../../src/placement.ts';
import { CirclePlacement } from '../../src/ring/circle-placement.ts';
import { stubRules } from '../support/stub-rules.ts';

// "b" and "c" share place 500, "a" has 100 and "c" has 900 besides.
const rules = stubRules({ a: [100], b: [500], c: [500, 900] });

test('the first id has a place that two nodes share, before and after one of them was away', () => {
  const before = new CirclePlacement(nodeSet(['c', 'b', 'a']), 0, rules);
  const ownerOf500 = (placement: Placement) => placement.nodes[placement.locateIndex(300, 0)]?.id;
  expect(ownerOf500(before)).toBe('b');
  for (const id of ['b', 'c']) {
    const back = before.with({ remove: [id] }).with({ add: [id] });
    expect(ownerOf500(back)).toBe('b');
    expect([...back.ranked(300, 0)]).toEqual([...before.ranked(300, 0)]);
  }
});
