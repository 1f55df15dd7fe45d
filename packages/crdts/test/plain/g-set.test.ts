import fc from 'fast-check';
import { expect, test } from 'vitest';

import { gSetCodec } from '../../src/codec/set-codec.ts';
import { gSet } from '../../src/plain/g-set.ts';
import { describeType } from '../support/describe-type.ts';
import { awkwardTexts } from '../support/texts.ts';

describeType({
  lattice: gSet,
  codec: gSetCodec,
  operations: ['x', '__proto__'],
  moreOperations: awkwardTexts,
  mutate: (state, _, element) => gSet.add(state, element),
  view: (state) => [...gSet.elements(state)],
  specification: (events) => [...new Set(events.map(({ operation }) => operation))].sort(),
});

test('an element that is there makes no delta', () => {
  const state = gSet.add(gSet.bottom, 'x');
  expect(gSet.has(state, 'x')).toBe(true);
  expect(gSet.add(state, 'x').size).toBe(0);
});

test('a lone surrogate is no element', () => {
  expect(() => gSet.add(gSet.bottom, '\ud83d')).toThrow(RangeError);
});

test('a large set takes in one element without being copied', () => {
  const large = fc.sample(fc.uuid(), 5_000).reduce((state, element) => {
    return gSet.join(state, gSet.add(state, element));
  }, gSet.bottom);
  const next = gSet.join(large, gSet.add(large, 'new'));
  expect([large.size + 1, gSet.has(next, 'new')]).toEqual([next.size, true]);
  expect(gSet.join(next, large)).toBe(next);
});
