import { expect, test } from 'vitest';

import { oneAtATime } from '../src/one-at-a-time.ts';
import { hex32 } from './support/vectors.ts';

test.each([
  ['a', 'ca2e9442'],
  ['The quick brown fox jumps over the lazy dog', '519e91f5'],
])('%j', (text, expected) => {
  expect(hex32(oneAtATime(text))).toBe(expected);
});

test('no bytes are zero', () => {
  expect(oneAtATime('')).toBe(0);
});
