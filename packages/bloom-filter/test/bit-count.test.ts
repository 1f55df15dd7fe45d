import fc from 'fast-check';
import { expect, test } from 'vitest';

import { bitCountOf, setBitsOf } from '../src/bit-count.ts';

test('counts the ones of a word as its binary digits show them', () => {
  fc.assert(
    fc.property(fc.integer(), (word) => {
      expect(bitCountOf(word)).toBe((word >>> 0).toString(2).replaceAll('0', '').length);
    }),
  );
});

test.each([
  [0, 0],
  [-1, 32],
  [1 << 31, 1],
])('of %d are %d', (word, count) => {
  expect(bitCountOf(word)).toBe(count);
});

test('counts over words', () => {
  expect(setBitsOf(Int32Array.of(-1, 0, 7))).toBe(35);
});
