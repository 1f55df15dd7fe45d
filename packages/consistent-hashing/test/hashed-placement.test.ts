import { expect, test } from 'vitest';

import { ownersAmong } from '../src/hashed-placement.ts';
import { nodeSet } from '../src/node-set.ts';
import { rendezvous } from '../src/rendezvous/rendezvous.ts';

test('a drained node is no owner', () => {
  expect([...ownersAmong(nodeSet(['c', { id: 'b', weight: 0 }, 'a']))]).toEqual([0, 2]);
});

test('a seed makes another placement of the same nodes', () => {
  const nodes = ['a', 'b', 'c'];
  const owners = [1, 2].map((seed) => {
    const placement = rendezvous({ nodes, seed });
    return [1, 2, 3, 4, 5, 6, 7, 8].map((key) => placement.locate(key).id).join('');
  });
  expect(owners[0]).not.toBe(owners[1]);
});
