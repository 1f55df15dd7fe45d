import { expect, test } from 'vitest';

import { contextOf } from '../../src/causal/causal-context.ts';
import { dotFun, type DotSet, dotted } from '../../src/causal/dot-fun.ts';
import { type DotMap, dotMap, mapOf } from '../../src/causal/dot-map.ts';
import { entriesOf, get } from '../../src/ordered-map.ts';

const store = dotMap<DotSet>(dotFun);
const a1 = { replicaId: 'a', counter: 1 };
const b1 = { replicaId: 'b', counter: 1 };
const x = mapOf<string, DotSet>(dotFun, 'x', dotted(a1, true));
const y = mapOf<string, DotSet>(dotFun, 'y', dotted(b1, true));
const both = store.absorb(x, contextOf([a1]), y, contextOf([b1]));

const keysOf = (map: DotMap<string, DotSet>): string[] =>
  [...entriesOf(map.entries)].map(({ key }) => key);
const ownersOf = (map: DotMap<string, DotSet>): unknown[] =>
  [...entriesOf(map.owners)].map(({ key, value }) => [key, get(value, 1)]);

test('a map of both knows where each dot is', () => {
  expect(keysOf(both)).toEqual(['x', 'y']);
  expect(ownersOf(both)).toEqual([
    ['a', 'x'],
    ['b', 'y'],
  ]);
  expect(store.sizeOf(both)).toBe(2);
  expect([...store.dots(both)]).toEqual([
    { ...a1, value: true },
    { ...b1, value: true },
  ]);
});

test('a dot that is named alone is found, and nothing is left of its key', () => {
  const rest = store.absorb(both, contextOf([a1, b1]), store.empty, contextOf([a1]));

  expect(keysOf(rest)).toEqual(['y']);
  expect(ownersOf(rest)).toEqual([['b', 'y']]);
  expect(store.absorb(rest, contextOf([a1, b1]), store.empty, contextOf([b1]))).toBe(store.empty);
});

test('a map that does not change is the same map', () => {
  const context = contextOf([a1, b1]);

  expect(store.absorb(both, context, x, contextOf([a1]))).toBe(both);
  expect(store.absorb(both, context, both, context)).toBe(both);
  const unknown = contextOf([{ replicaId: 'c', counter: 1 }]);
  expect(store.absorb(both, context, store.empty, unknown)).toBe(both);
});

test('a part has one dot and its owner', () => {
  expect([...store.parts(both)].map((part) => [keysOf(part), ownersOf(part)])).toEqual([
    [['x'], [['a', 'x']]],
    [['y'], [['b', 'y']]],
  ]);
});

test('0 is one key, whatever its sign', () => {
  const zero = mapOf<number, DotSet>(dotFun, -0, dotted(a1, true));

  expect(Object.is(zero.entries?.key, 0)).toBe(true);
  expect(Object.is(get(get(zero.owners, 'a'), 1), 0)).toBe(true);
});
