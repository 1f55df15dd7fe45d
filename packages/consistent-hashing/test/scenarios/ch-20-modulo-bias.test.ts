/*
 * What goes wrong elsewhere: 32 bits modulo a number near 2^32 hit some remainders twice as often;
 * bits that chose the node choose its neighbour too.
 */
import { describe, expect, test } from 'vitest';

import type { PlacementKind } from '../../src/codec/snapshot-format.ts';
import { maglev } from '../../src/maglev/maglev.ts';
import { allPlacements, someIds, someKeys } from '../support/all-placements.ts';

test('the longest table that is allowed has no entry 1 in 500 more likely than another', () => {
  expect(() => maglev({ nodes: ['a'], tableSize: 3_221_225_473 })).toThrow(/^tableSize/);
  const most = Math.ceil(2 ** 32 / 4_194_301) / Math.floor(2 ** 32 / 4_194_301);
  expect(most).toBeLessThan(1 + 1 / 500);
});

test('keys fall evenly into the entries', () => {
  // As many nodes as entries: each has one.
  const placement = maglev({ nodes: someIds(101), tableSize: 101 });
  const owners = someKeys(101_000).map((key) => placement.locate(key).id);
  // With 100 degrees of freedom, 149.4 is passed once in a thousand.
  expect(chiSquare(owners, 101)).toBeLessThan(149.4);
});

describe.each(allPlacements.filter(([, make]) => hasEvenReplicas(make(['a']).kind)))(
  '%s',
  (_, make) => {
    test('what chose the owner does not choose who follows', () => {
      const placement = make(someIds(10));
      const seconds = someKeys(30_000).flatMap((key) => {
        const [first, second] = placement.locateN(key, 2).map(({ id }) => id);
        return first === 'node-4' && second !== undefined ? [second] : [];
      });
      // With 8 degrees of freedom, 26.1 is passed once in a thousand.
      expect(chiSquare(seconds, 9)).toBeLessThan(26.1);
    });
  },
);

/** Where those who follow are drawn anew; on a circle and in slots, they are who is there. */
function hasEvenReplicas(kind: PlacementKind): boolean {
  return !['ring', 'ketama', 'multi-probe', 'slots', 'redis-slots'].includes(kind);
}

function chiSquare(ids: readonly string[], size: number): number {
  const counts = new Map<string, number>();
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  const fair = ids.length / size;
  const seen = [...counts.values()].reduce((sum, count) => sum + (count - fair) ** 2 / fair, 0);
  return seen + (size - counts.size) * fair;
}
