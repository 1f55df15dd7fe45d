import fc from 'fast-check';
import { expect, test } from 'vitest';

import { RecentMap } from '../../src/cluster/recent-map.ts';

test('the entry set longest ago goes for a newcomer, whether or not it was read', () => {
  const map = new RecentMap<string, number>(2);
  map.set('a', 1);
  map.set('b', 2);
  map.set('a', 3);
  expect(map.get('b')).toBe(2);
  map.set('c', 4);
  expect(['a', 'b', 'c'].map((key) => map.get(key))).toEqual([3, undefined, 4]);
});

test('holds what an array does from which the first is taken', () => {
  const step = fc.record({
    what: fc.constantFrom('set', 'set', 'set', 'delete', 'clear'),
    key: fc.nat(8),
  });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), fc.array(step), (sizeMax, steps) => {
      const map = new RecentMap<number, number>(sizeMax);
      let entries: (readonly [number, number])[] = [];
      for (const [place, { what, key }] of steps.entries()) {
        const had = entries.some(([other]) => other === key);
        entries = what === 'clear' ? [] : entries.filter(([other]) => other !== key);
        if (what === 'clear') map.clear();
        if (what === 'delete') expect(map.delete(key)).toBe(had);
        if (what === 'set') {
          map.set(key, place);
          entries = [...entries, [key, place] as const].slice(-sizeMax);
        }
        expect(map.size).toBe(entries.length);
        const found = Array.from({ length: 9 }, (_, each) => map.get(each));
        expect(found).toEqual(found.map((_, each) => new Map(entries).get(each)));
      }
    }),
    { numRuns: 300 },
  );
});
