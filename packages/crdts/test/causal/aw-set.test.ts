import { expect, test } from 'vitest';

import { type AwSet, awSet } from '../../src/causal/aw-set.ts';
import { contextOf } from '../../src/causal/causal-context.ts';
import type { Key } from '../../src/ordered-map.ts';
import { showMap } from '../support/causal-cases.ts';

const addAll = <Element extends Key>(elements: readonly Element[]): AwSet<Element> => {
  let state: AwSet<Element> = awSet.bottom;
  for (const element of elements) state = awSet.join(state, awSet.add(state, 'a', element));
  return state;
};

test('elements are there until they are removed, in the order of keys', () => {
  const state = addAll(['pear', 'apple', 'fig']);

  expect([...awSet.elements(state)]).toEqual(['apple', 'fig', 'pear']);
  expect(awSet.count(state)).toBe(3);
  const less = awSet.join(state, awSet.remove(state, 'fig'));
  expect([...awSet.elements(less)]).toEqual(['apple', 'pear']);
  expect(awSet.has(less, 'fig')).toBe(false);
  expect(awSet.count(awSet.join(less, awSet.clear(less)))).toBe(0);
});

test('a delta names its dot and what it replaces, and no more', () => {
  const state = addAll(['x', 'y']);

  expect(showMap(awSet.add(state, 'b', 'x'))).toBe(
    '[[[["x",[{"replicaId":"b","counter":1,"value":true}]]],[["b",[[1,"x"]]]]],' +
      '[["a",[1,1]],["b",[1,1]]]]',
  );
  expect(awSet.remove(state, 'y')).toEqual({
    store: awSet.store.empty,
    context: contextOf([{ replicaId: 'a', counter: 2 }]),
  });
  expect(awSet.remove(state, 'z')).toEqual(awSet.bottom);
});

test('an element that was added and removed a thousand times costs a pair of numbers', () => {
  let state: AwSet<string> = awSet.bottom;
  for (let round = 0; round < 1_000; round += 1) {
    state = awSet.join(state, awSet.add(state, 'a', 'x'));
    state = awSet.join(state, awSet.remove(state, 'x'));
  }

  expect(showMap(state)).toBe('[[[],[]],[["a",[1,1000]]]]');
});

test('any text and any number is an element, by value', () => {
  const elements: Key[] = [
    '__proto__',
    'constructor',
    '',
    '\ud800',
    '0',
    0,
    NaN,
    Infinity,
    2 ** 53,
  ];
  const state = addAll<Key>([...elements, -0, NaN]);

  expect(awSet.count(state)).toBe(elements.length);
  for (const element of [...elements, -0]) expect(awSet.has(state, element)).toBe(true);
  expect([...awSet.elements(state)].some((element) => Object.is(element, -0))).toBe(false);
  expect(awSet.has(awSet.join(state, awSet.remove<Key>(state, NaN)), NaN)).toBe(false);
});

test('a join that brings nothing new is the same state', () => {
  const state = addAll(['x', 'y']);
  const delta = awSet.add(state, 'a', 'z');
  const after = awSet.join(state, delta);

  expect(awSet.join(after, delta)).toBe(after);
  expect(awSet.join(after, state)).toBe(after);
});

test('a replica without a name adds nothing', () => {
  expect(() => awSet.add(awSet.bottom, '', 'x')).toThrow(RangeError);
});
