import { expect, test } from 'vitest';

import { boundedLoad } from '../src/bounded-load.ts';
import { rendezvous, weightedRendezvous } from '../src/rendezvous/rendezvous.ts';

test('a request goes to the owner while there is room', () => {
  const placement = rendezvous({ nodes: ['a', 'b', 'c'] });
  const bounded = boundedLoad(placement, { c: 2 });
  const lease = bounded.acquire('key');
  expect(lease.node).toBe(placement.locate('key'));
  expect(bounded.loadOf(lease.node.id)).toBe(1);
  lease.release();
  expect(bounded.inFlight).toBe(0);
});

test('lids follow weights', () => {
  const nodes = [{ id: 'a', weight: 3 }, 'b'];
  const bounded = boundedLoad(weightedRendezvous({ nodes }), { c: 1 });
  for (let count = 0; count < 400; count += 1) bounded.acquire('one popular key');
  expect(bounded.loadOf('a')).toBe(300);
  expect(bounded.loadOf('b')).toBe(100);
});

test.each([0, 0.99, Number.NaN, Infinity])('refuses c = %d', (c) => {
  expect(() => boundedLoad(rendezvous({ nodes: ['a'] }), { c })).toThrow(/^c: expected 1\.\.1000/);
});
