import fc from 'fast-check';
import { expect, test } from 'vitest';

import { expectNatsPrefix, natsToken } from '../src/nats-subject.ts';

test.each([
  ['n1', 'n1'],
  ['eu-west_1', 'eu-west_1'],
  ['a.b', 'a%2Eb'],
  ['*', '%2A'],
  ['>', '%3E'],
  ['a b\t', 'a%20b%09'],
  ['$SYS', '%24SYS'],
  ["~!'()%", '%7E%21%27%28%29%25'],
  ['é', '%C3%A9'],
  ['__proto__', '__proto__'],
])('%j is the token %s', (text, token) => {
  expect(natsToken(text)).toBe(token);
});

test('every text is one token, and no other text is the same', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (text) => {
      const token = natsToken(text);
      expect(token).toMatch(/^[\w%-]+$/);
      expect(decodeURIComponent(token)).toBe(text);
    }),
  );
});

test('a prefix is made of tokens', () => {
  for (const prefix of ['quorate', 'a.b.c', 'A_1-2']) expectNatsPrefix(prefix);
  for (const prefix of [
    '',
    '.',
    'a.',
    '.a',
    'a..b',
    'a b',
    'a.>',
    '*',
    'é',
    'a\n',
    'x'.repeat(129),
  ])
    expect(() => expectNatsPrefix(prefix)).toThrow(RangeError);
});
