import fc from 'fast-check';
import { expect, test } from 'vitest';

import { emptyMap, type SortedMap } from '../../src/plain/sorted-map.ts';

type Entries = readonly (readonly [string, number])[];

const key = fc.oneof(
  fc.constantFrom('', '__proto__', 'constructor', '\u{1f600}', '\uffff'),
  fc.nat(40).map((number) => `k${number}`),
);
const entries = fc.array(fc.tuple(key, fc.nat(9)), { maxLength: 60, size: 'max' });

function mapOf(some: Entries): SortedMap<number> {
  let map: SortedMap<number> = emptyMap;
  for (const [name, value] of some) map = map.set(name, value);
  return map;
}

/** In the order of the language: by code units. */
function sorted(model: ReadonlyMap<string, number>): Entries {
  return [...model].sort(([left], [right]) => (left < right ? -1 : 1));
}

test('what was set is there in order, and what was deleted is not', () => {
  fc.assert(
    fc.property(entries, fc.array(key, { maxLength: 30, size: 'max' }), (some, gone) => {
      const model = new Map(some);
      let map = mapOf(some);
      for (const name of gone) {
        model.delete(name);
        map = map.delete(name);
      }
      expect([...map]).toEqual(sorted(model));
      expect(map.size).toBe(model.size);
      for (const [name, value] of model) expect(map.get(name)).toBe(value);
      for (const name of gone) expect(map.has(name)).toBe(false);
      expect([...map.keys()]).toEqual(sorted(model).map(([name]) => name));
      expect([...map.values()]).toEqual(sorted(model).map(([, value]) => value));
    }),
  );
});

test('a union has the entries of both, and asks about those that both have', () => {
  fc.assert(
    fc.property(entries, entries, (one, other) => {
      const model = new Map(one);
      for (const [name, value] of new Map(other)) {
        const known = model.get(name);
        const both = known === undefined ? value : 10 * known + value;
        if (known !== undefined && known === value) model.delete(name);
        else model.set(name, both);
      }
      const joined = mapOf(one).union(mapOf(other), (left, right) =>
        left === right ? undefined : 10 * left + right,
      );
      expect([...joined]).toEqual(sorted(model));
    }),
  );
});

test('a union with nothing new is the map itself', () => {
  const map = mapOf([...Array(100).keys()].map((number) => [`k${number}`, number]));
  expect(map.union(map.set('k5', 5), Math.max)).toBe(map);
  expect(map.union(emptyMap, Math.max)).toBe(map);
  expect(map.delete('other')).toBe(map);
  expect(map.filter(() => true)).toBe(map);
});

test('every and filter see the entries', () => {
  fc.assert(
    fc.property(entries, entries, (one, other) => {
      const [left, right] = [mapOf(one), mapOf(other)];
      const isPart = [...left].every(([name, value]) => right.get(name) === value);
      expect(left.every(right, (value, name) => right.get(name) === value)).toBe(isPart);
      expect([...left.filter((value) => value > 4)]).toEqual(
        [...left].filter(([, value]) => value > 4),
      );
    }),
  );
});

test('the entries above a key can be read alone', () => {
  fc.assert(
    fc.property(entries, key, (some, low) => {
      const map = mapOf(some);
      expect([...map.above(low)]).toEqual([...map].filter(([name]) => name > low));
    }),
  );
});

test('no order of insertions makes a deep tree', () => {
  // A recursive union of two such maps would leave the stack if a tree were a list.
  const names = [...Array(20_000).keys()].map((number) => String(number).padStart(5, '0'));
  const up = mapOf(names.map((name) => [name, 1]));
  const down = mapOf(names.toReversed().map((name) => [name, 2]));
  expect(up.union(down, Math.max).size).toBe(20_000);
  expect([...up.union(down, Math.max).values()].every((value) => value === 2)).toBe(true);
});
