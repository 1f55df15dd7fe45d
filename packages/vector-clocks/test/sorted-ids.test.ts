import fc from 'fast-check';
import { expect, test } from 'vitest';

import { interned, positionOf } from '../src/sorted-ids.ts';

test('the place of an id, or the complement of the place that it would have', () => {
  const ids = ['b', 'd', 'f'];

  expect(ids.map((id) => positionOf(ids, id))).toEqual([0, 1, 2]);
  expect(['a', 'c', 'e', 'g'].map((id) => ~positionOf(ids, id))).toEqual([0, 1, 2, 3]);
  expect(positionOf([], 'a')).toBe(~0);
});

test('the same text comes back, whatever it is called', () => {
  expect(['__proto__', '7', '', 'constructor'].map(interned)).toEqual([
    '__proto__',
    '7',
    '',
    'constructor',
  ]);
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(interned(text)).toBe(text);
    }),
  );
});
