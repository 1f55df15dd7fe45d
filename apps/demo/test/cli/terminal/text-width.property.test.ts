import fc from 'fast-check';
import { expect, test } from 'vitest';

import { fit, widthOf } from '../../../src/cli/terminal/text-width.ts';

test.each([
  ['', 0],
  ['abc', 3],
  ['支払い', 6],
  ['가나', 4],
  ['a\u0301', 1],
  ['👩‍👧', 2],
  ['🇩🇪', 2],
  ['❤️', 2],
  ['ａ', 2],
  ['\u200B', 0],
])('%j takes %i columns', (text, width) => {
  expect(widthOf(text)).toBe(width);
});

test('what is fitted has the width asked for', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.nat(40), (text, width) => {
      expect(widthOf(fit(text, width))).toBe(width);
    }),
  );
});

test('a wide character is not cut in two', () => {
  expect(fit('支払い', 4)).toBe('支… ');
  expect(fit('支払い', 5)).toBe('支払…');
  expect(fit('abc', 5)).toBe('abc  ');
});
