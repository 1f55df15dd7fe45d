/*
 * What goes wrong elsewhere: a node more than there are places overwrites another's place; after
 * all but one went, lookups never end or find somebody who is gone.
 */
import { expect, test } from 'vitest';

import { anchor } from '../../src/history/anchor.ts';
import { someIds, someKeys } from '../support/all-placements.ts';

test('a node too many is refused, and nothing has changed', () => {
  expect(() => anchor({ nodes: someIds(5), capacity: 4 })).toThrow(/^nodes: expected at most/);
  const full = anchor({ nodes: someIds(4), capacity: 4 });
  const bytes = full.snapshot();
  expect(() => full.with({ add: ['x'] })).toThrow('nodes: expected at most the capacity, 4, got 5');
  expect(full.snapshot()).toEqual(bytes);
  expect(full.with({ add: ['x'], remove: ['node-0'] }).nodes.length).toBe(4);
});

test('all but one go and come back, last gone first', () => {
  const full = anchor({ nodes: someIds(8), capacity: 8 });
  const order = ['node-3', 'node-0', 'node-7', 'node-1', 'node-6', 'node-2', 'node-5'];
  const stages = [full];
  for (const id of order) stages.push(stages.at(-1)!.with({ remove: [id] }));
  for (const key of someKeys(100)) expect(stages.at(-1)!.locate(key).id).toBe('node-4');
  let back = stages.at(-1)!;
  for (const [index, id] of [...order.entries()].reverse()) {
    back = back.with({ add: [id] });
    for (const key of someKeys(300))
      expect(back.locate(key).id).toBe(stages[index]!.locate(key).id);
  }
});
