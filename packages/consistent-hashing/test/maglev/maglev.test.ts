import { expect, test } from 'vitest';

import { maglev } from '../../src/maglev/maglev.ts';
import { someIds, someKeys } from '../support/all-placements.ts';

test('few keys move between nodes that stay', () => {
  const before = maglev({ nodes: someIds(10), tableSize: 10_007 });
  const after = before.with({ remove: ['node-3'] });
  const keys = someKeys(5_000).filter((key) => before.locate(key).id !== 'node-3');
  const moved = keys.filter((key) => before.locate(key).id !== after.locate(key).id);
  expect(moved.length / keys.length).toBeLessThan(0.02);
});

test('a layout says who owns which entry', () => {
  const placement = maglev({ nodes: ['a', 'b'], tableSize: 101 });
  const layout = placement.layout();
  expect(layout.kind).toBe('slots');
  if (layout.kind !== 'slots') return;
  for (const key of someKeys(100)) {
    placement.bits.hash(key);
    const owner = layout.owners[(placement.bits.low >>> 0) % 101];
    expect(placement.nodes[owner ?? -1]).toBe(placement.locate(key));
  }
});

test('refuses weights too far apart', () => {
  const nodes = [
    { id: 'a', weight: 1e-6 },
    { id: 'b', weight: 1e6 },
  ];
  expect(() => maglev({ nodes })).toThrow(/^weights: expected at most 1000000 times/);
});
