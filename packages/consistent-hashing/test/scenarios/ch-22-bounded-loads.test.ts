/*
 * What goes wrong elsewhere: when all nodes are at their lid the walk never ends; a lease that is
 * released twice makes a load negative; a node that went takes its count with it, or leaves it
 * behind.
 */
import { describe, expect, test } from 'vitest';

import { boundedLoad, type Lease } from '../../src/bounded-load.ts';
import { NoNodesError } from '../../src/errors.ts';
import { allPlacements, someIds } from '../support/all-placements.ts';
import { rendezvous } from '../../src/rendezvous/rendezvous.ts';

describe.each(allPlacements)('over %s', (_, make) => {
  test('with c = 1 all nodes are level after every round of equal requests', () => {
    const bounded = boundedLoad(make(someIds(5)), { c: 1 });
    for (let round = 1; round <= 6; round += 1) {
      for (let request = 0; request < 5; request += 1) bounded.acquire('one popular key');
      expect(someIds(5).map((id) => bounded.loadOf(id))).toEqual(Array(5).fill(round));
    }
  });
});

test('no node is ever above its lid when it gets a request', () => {
  const bounded = boundedLoad(rendezvous({ nodes: someIds(7) }), { c: 1.25 });
  const leases: Lease[] = [];
  for (let request = 0; request < 500; request += 1) {
    const lease = bounded.acquire(request % 3);
    leases.push(lease);
    expect(bounded.loadOf(lease.node.id)).toBeLessThanOrEqual(
      Math.ceil((1.25 * leases.length) / 7),
    );
  }
  for (const lease of leases) lease.release();
  expect(bounded.inFlight).toBe(0);
});

test('a lease counts once, however often it is released', () => {
  const bounded = boundedLoad(rendezvous({ nodes: ['a', 'b'] }), { c: 2 });
  const lease = bounded.acquire('key');
  bounded.acquire('key');
  lease.release();
  lease.release();
  expect(bounded.inFlight).toBe(1);
});

test('a node goes while leased, and comes back', () => {
  const all = rendezvous({ nodes: ['a', 'b', 'c'] });
  const bounded = boundedLoad(all, { c: 2 });
  const lease = bounded.acquire('key');
  const { id } = lease.node;
  bounded.use(all.with({ remove: [id] }));
  expect(bounded.inFlight).toBe(0);
  expect(bounded.acquire('key').node.id).not.toBe(id);
  bounded.use(all);
  expect(bounded.inFlight).toBe(2);
  lease.release();
  expect(bounded.loadOf(id)).toBe(0);
  expect(bounded.inFlight).toBe(1);
});

test('nobody who owns nothing gets a request', () => {
  const bounded = boundedLoad(rendezvous({ nodes: [{ id: 'a', weight: 0 }] }), { c: 1 });
  expect(() => bounded.acquire('key')).toThrow(NoNodesError);
  expect(bounded.capOf('a')).toBe(0);
});
