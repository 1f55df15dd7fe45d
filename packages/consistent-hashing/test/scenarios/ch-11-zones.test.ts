/*
 * What goes wrong elsewhere: replicas of a key stand in one room, because zones are not known; or,
 * where they are, three replicas over two zones are an error, two nodes, or an endless search.
 */
import { describe, expect, test } from 'vitest';

import { TooFewZonesError } from '../../src/errors.ts';
import { allPlacements, someKeys } from '../support/all-placements.ts';

const two = [
  { id: 'a1', zone: 'a' },
  { id: 'a2', zone: 'a' },
  { id: 'a3', zone: 'a' },
  { id: 'b1', zone: 'b' },
];

describe.each(allPlacements)('%s', (_, make) => {
  test('spreads three replicas over two zones, one of which has a single node', () => {
    const placement = make(two);
    for (const key of someKeys(300)) {
      const replicas = placement.locateN(key, 3, { zones: 'spread' });
      expect(replicas[0]).toBe(placement.locate(key));
      expect(new Set(replicas)).toHaveLength(3);
      expect(new Set(replicas.slice(0, 2).map(({ zone }) => zone))).toEqual(new Set(['a', 'b']));
    }
  });

  test('does not give two zones to three replicas that need one each', () => {
    const placement = make(two);
    const required = { zones: 'require' } as const;
    expect(() => placement.locateN('key', 3, required)).toThrow(TooFewZonesError);
    const zones = placement.locateN('key', 2, required).map(({ zone }) => zone);
    expect([...zones].sort()).toEqual(['a', 'b']);
  });

  test('spreads within one zone where there is no other', () => {
    const placement = make(two.map(({ id }) => ({ id, zone: 'one' })));
    const replicas = placement.locateN('key', 3, { zones: 'spread' });
    expect(replicas).toEqual(placement.locateN('key', 3));
    expect(() => placement.locateN('key', 2, { zones: 'require' })).toThrow('at least 2, got 1');
  });

  test('passes over excluded nodes before it counts zones', () => {
    const placement = make(two);
    const exclude = (id: string) => id === 'b1';
    expect(placement.locateN('key', 9, { exclude, zones: 'spread' })).toHaveLength(3);
    expect(() => placement.locateN('key', 2, { exclude, zones: 'require' })).toThrow(
      TooFewZonesError,
    );
  });
});
