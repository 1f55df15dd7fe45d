import { expect, test } from 'vitest';

import { compareDots, dot } from '../src/dot.ts';

test('a dot has a replica and counts from 1', () => {
  expect(dot('__proto__', 1)).toEqual({ id: '__proto__', counter: 1 });
  expect(() => dot('a', 0)).toThrow('counter: expected an integer in 1..2^53-1, got 0');
  expect(() => dot('a', 2 ** 53)).toThrow(RangeError);
  expect(() => dot('', 1)).toThrow('id: expected 1..64 bytes of UTF-8, got 0');
});

test('dots are listed by id, then by counter', () => {
  const dots = [dot('b', 1), dot('a', 10), dot('a', 9), dot('a', 10)];

  expect(dots.sort(compareDots)).toEqual([dot('a', 9), dot('a', 10), dot('a', 10), dot('b', 1)]);
});
