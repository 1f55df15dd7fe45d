import fc from 'fast-check';
import { expect, test } from 'vitest';

import { safeJson, safeLine, safeLines } from '../../../src/cli/terminal/safe-text.ts';

/** Much of what terminals act on, and of what they do not. */
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom('\u001B]0;owned\u0007', '\u009B2J', '\r', '\n', '\u007F', '\u202E', '\u2028'),
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'grapheme' }),
    ),
  )
  .map((parts) => parts.join(''));

/** What a terminal may act on, said another way than the code says it: by ranges of numbers. */
function isActedOn(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  const isControl = code < 0x20 || (code >= 0x7f && code < 0xa0);
  const isBidi = [0x61c, 0x200e, 0x200f].includes(code) || (code >= 0x202a && code <= 0x202e);
  return isControl || isBidi || (code >= 0x2066 && code <= 0x2069);
}

test('a line is one line without anything that a terminal acts on', () => {
  fc.assert(
    fc.property(text, (given) => {
      expect(Array.from(safeLine(given)).filter(isActedOn)).toEqual([]);
    }),
  );
});

test('lines keep their ends and nothing else', () => {
  fc.assert(
    fc.property(text, (given) => {
      const acted = Array.from(safeLines(given)).filter((one) => isActedOn(one) && one !== '\n');
      expect(acted).toEqual([]);
      expect(safeLines(given).split('\n')).toHaveLength(given.split('\n').length);
    }),
  );
});

test('JSON says the same', () => {
  fc.assert(
    fc.property(text, (given) => {
      const json = safeJson(JSON.stringify({ given }));
      expect(Array.from(json).filter(isActedOn)).toEqual([]);
      expect(JSON.parse(json)).toEqual({ given });
    }),
  );
});

test('what is harmless stays', () => {
  expect(safeLine('Zahlung läuft – 支払い 👩‍👧')).toBe('Zahlung läuft – 支払い 👩‍👧');
  expect(safeLine('a\u001B[31mb')).toBe('a␛[31mb');
});
