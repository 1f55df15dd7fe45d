/*
 * What goes wrong elsewhere: points are dealt out in proportion and rounded down, so beside a node
 * of weight 1,000 two nodes of weight 1 get no point. They are in the list, they are monitored and
 * paid for, and no key ever comes to them.
 */
import { expect, test } from 'vitest';

import { ketama } from '../../src/ketama/ketama.ts';
import { ring } from '../../src/ring/ring.ts';
import { slots } from '../../src/slots/slots.ts';

const nodes = [
  { id: 'large', weight: 1_000 },
  { id: 'small', weight: 1 },
  { id: 'tiny', weight: 1 },
];

test.each([
  ['ring', () => ring({ nodes })],
  ['ring of few points', () => ring({ nodes, pointsPerWeight: 0.1 })],
  ['slots', () => slots({ nodes })],
] as const)('%s gives every node of a positive weight a share', (_, make) => {
  const layout = make().layout();
  const owners = layout.kind === 'sampled' ? [] : [...layout.owners];
  expect(new Set(owners)).toEqual(new Set([0, 1, 2]));
});

test.each(['libketama', 'libmemcached', 'spymemcached', 'hash_ring'] as const)(
  '%s, which would give two of them nothing, says so',
  (dialect) => {
    expect(() => ketama({ nodes, dialect })).toThrow(
      'weight of "small": expected enough for a digest beside a total of 1002, got 1',
    );
  },
);
