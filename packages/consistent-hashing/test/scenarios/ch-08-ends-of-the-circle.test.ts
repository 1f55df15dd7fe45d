/*
 * What goes wrong elsewhere: a hash above the last point finds none, and the lookup answers with
 * nothing, reads behind the end, or takes the last; a hash of 0 or of 2^32 - 1 meets a comparison
 * that is off by one, or a sign.
 */
import { expect, test } from 'vitest';

import { ketama } from '../../src/ketama/ketama.ts';
import { nodeSet } from '../../src/node-set.ts';
import { CirclePlacement } from '../../src/ring/circle-placement.ts';
import { allPlacements, someIds } from '../support/all-placements.ts';
import { stubRules } from '../support/stub-rules.ts';

const LAST = 2 ** 32 - 1;

function ownerAt(places: Readonly<Record<string, readonly number[]>>, hash: number) {
  const placement = new CirclePlacement(nodeSet(Object.keys(places)), 0, stubRules(places));
  return placement.nodes[placement.locateIndex(hash | 0, 0)]?.id;
}

test('a hash behind the last point belongs to the first', () => {
  const places = { a: [10], b: [LAST - 10] };
  expect(ownerAt(places, 0)).toBe('a');
  expect(ownerAt(places, 10)).toBe('a');
  expect(ownerAt(places, 11)).toBe('b');
  expect(ownerAt(places, LAST - 10)).toBe('b');
  expect(ownerAt(places, LAST - 9)).toBe('a');
  expect(ownerAt(places, LAST)).toBe('a');
});

test('points at both ends own what leads to them', () => {
  const places = { a: [0], b: [LAST] };
  expect(ownerAt(places, 0)).toBe('a');
  expect(ownerAt(places, 1)).toBe('b');
  expect(ownerAt(places, LAST)).toBe('b');
});

test('one point owns the whole circle', () => {
  for (const hash of [0, 6, 7, 8, 2 ** 31, LAST]) expect(ownerAt({ a: [7] }, hash)).toBe('a');
});

test('the key of libmemcached that lies behind its last point wraps to its first', () => {
  // Servers, key and hash from the tests of libmemcached.
  const weights = [600, 300, 200, 350, 1_000, 800, 950, 100];
  const nodes = weights.map((weight, index) => ({ id: `10.0.1.${index + 1}:11211`, weight }));
  const placement = ketama({ nodes, dialect: 'libmemcached' });
  const { id } = placement.locate('VDEAAAAA');
  expect(placement.bits.high >>> 0).toBe(0xfffcd1b5);
  expect(placement.nodes[placement.locateIndex(0, 0)]?.id).toBe(id);
});

test.each(allPlacements)('%s has an owner for hashes at the ends', (_, make) => {
  const placement = make(someIds(5));
  for (const half of [0, 1, -1, 2 ** 31 - 1, -(2 ** 31)]) {
    const index = placement.locateIndex(half, half);
    expect(placement.nodes[index]).toBeDefined();
    expect([...placement.ranked(half, half)]).toHaveLength(5);
  }
});
