import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  compareKeys,
  countOf,
  differencesOf,
  entryAt,
  entriesOf,
  fromSorted,
  get,
  type Key,
  ordinary,
  type OrderedMap,
  put,
  rankOf,
  without,
} from '../src/ordered-map.ts';

const key: fc.Arbitrary<Key> = fc.oneof(
  fc.nat(40),
  fc.constantFrom('', '__proto__', 'constructor', '0', '\ud800', '\u{1f642}', 'NaN'),
  fc.constantFrom(NaN, -0, 0, -Infinity, Infinity, 2 ** 53, 0.1),
);

/** No subtree has more than three times the weight of its sibling, and counts are right. */
function expectBalanced(map: OrderedMap<Key, unknown>): number {
  if (map === undefined) return 0;
  const left = expectBalanced(map.left);
  const right = expectBalanced(map.right);
  expect(map.count).toBe(left + right + 1);
  expect(left + 1).toBeLessThanOrEqual(3 * (right + 1));
  expect(right + 1).toBeLessThanOrEqual(3 * (left + 1));
  return map.count;
}

const listed = (map: OrderedMap<Key, number>): [Key, number][] =>
  [...entriesOf(map)].map((entry) => [entry.key, entry.value]);

test('a map answers as `Map` does, in the order of keys, and stays balanced', () => {
  const step = fc.tuple(key, fc.oneof(fc.nat(9), fc.constant(undefined)));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200, size: 'max' }), (steps) => {
      let map: OrderedMap<Key, number>;
      const model = new Map<Key, number>();
      for (const [at, value] of steps) {
        const before = listed(map);
        const next = value === undefined ? without(map, at) : put(map, ordinary(at), value);
        expect(listed(map)).toEqual(before);
        if (value === undefined) model.delete(at);
        else model.set(at, value);
        map = next;
        expect(get(map, at)).toBe(value);
      }
      expectBalanced(map);
      expect(countOf(map)).toBe(model.size);
      const sorted = [...model].sort(([left], [right]) => compareKeys(left, right));
      expect(listed(map)).toEqual(sorted);
      for (const [index, [at]] of sorted.entries()) {
        expect(entryAt(map, index)?.key).toBe(at);
        expect(rankOf(map, at)).toBe(index);
      }
      for (const index of [-1, 0.5, NaN, sorted.length]) {
        expect(entryAt(map, index)).toBeUndefined();
      }
    }),
  );
});

describe('the differences of two maps', () => {
  const steps = fc.array(fc.tuple(key, fc.oneof(fc.nat(2), fc.constant(undefined))), {
    maxLength: 60,
    size: 'max',
  });
  const changed = (
    map: OrderedMap<Key, number>,
    some: readonly (readonly [Key, number | undefined])[],
  ): OrderedMap<Key, number> =>
    some.reduce(
      (so, [at, value]) => (value === undefined ? without(so, at) : put(so, ordinary(at), value)),
      map,
    );

  test('are the keys with other values, whatever the maps share', () => {
    fc.assert(
      fc.property(steps, steps, steps, fc.boolean(), (first, second, third, isShared) => {
        const base = changed(undefined, first);
        const left = changed(base, second);
        const right = changed(isShared ? base : fromSorted([...entriesOf(base)]), third);
        const keys = [...new Set([...listed(left), ...listed(right)].map(([at]) => at))];
        const expected = keys
          .map((at) => ({ key: at, left: get(left, at), right: get(right, at) }))
          .filter((one) => one.left !== one.right)
          .sort((one, other) => compareKeys(one.key, other.key));
        expect([...differencesOf(left, right)]).toEqual(expected);
        expect([...differencesOf(left, left)]).toEqual([]);
      }),
    );
  });

  test('are found without reading what is shared', () => {
    const map = fromSorted(Array.from({ length: 1_000 }, (_, at) => ({ key: at, value: 0 })));
    let readCount = 0;
    const counting = (tree: OrderedMap<number, number>): OrderedMap<number, number> => {
      if (tree === undefined) return undefined;
      const [left, right] = [counting(tree.left), counting(tree.right)];
      return {
        ...tree,
        get left() {
          readCount += 1;
          return left;
        },
        right,
      };
    };
    const watched = counting(map);

    expect([...differencesOf(watched, put(watched, 500.5, 1))]).toHaveLength(1);
    expect(readCount).toBeLessThan(100);
  });
});

test('a map that would not change is the same map', () => {
  const map = put(put(undefined, 'a', 1), 'b', 2);

  expect(put(map, 'a', 1)).toBe(map);
  expect(put(map, 'b', 2)).toBe(map);
  expect(without(map, 'c')).toBe(map);
  expect(without<Key, number>(map, 0)).toBe(map);
});

test('entries can be listed from any key on', () => {
  fc.assert(
    fc.property(fc.array(key, { maxLength: 60, size: 'max' }), key, (keys, from) => {
      let map: OrderedMap<Key, number>;
      for (const [index, at] of keys.entries()) map = put(map, ordinary(at), index);
      expect([...entriesOf(map, from)].map((entry) => entry.key)).toEqual(
        listed(map).flatMap(([at]) => (compareKeys(at, from) >= 0 ? [at] : [])),
      );
    }),
  );
});

test('keys have one order: numbers, NaN last, then texts by code units', () => {
  const inOrder = [
    -Infinity,
    -1,
    0,
    0.5,
    2 ** 53,
    Infinity,
    NaN,
    '',
    '0',
    '__proto__',
    '\u{1f642}',
  ];

  expect([...inOrder].reverse().sort(compareKeys)).toEqual(inOrder);
  expect(compareKeys(0, -0)).toBe(0);
  expect(compareKeys(NaN, NaN)).toBe(0);
  expect(Object.is(ordinary(-0), 0)).toBe(true);
  fc.assert(
    fc.property(key, key, key, (a, b, c) => {
      expect(Math.sign(compareKeys(a, b))).toBe(0 - Math.sign(compareKeys(b, a)));
      if (compareKeys(a, b) <= 0 && compareKeys(b, c) <= 0) {
        expect(compareKeys(a, c)).toBeLessThanOrEqual(0);
      }
    }),
  );
});

test('a map of sorted entries is balanced', () => {
  for (const count of [0, 1, 2, 3, 10, 1_000]) {
    const entries = Array.from({ length: count }, (_, index) => ({ key: index, value: -index }));
    const map = fromSorted(entries);

    expectBalanced(map);
    expect(listed(map)).toEqual(entries.map((entry) => [entry.key, entry.value]));
  }
});

test('keys that come in order, or in any order a peer chooses, do not make it deep', () => {
  let map: OrderedMap<number, true>;
  for (let index = 0; index < 10_000; index += 1) map = put(map, index, true);
  let depth = 0;
  for (let at = map; at !== undefined; at = at.right) depth += 1;

  expectBalanced(map);
  expect(depth).toBeLessThan(33);
});
