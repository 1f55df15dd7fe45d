import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { type Edn, readEdn } from '../src/importers/edn.ts';

const read = (text: string): Edn[] => [...readEdn(text)];

describe('EDN', () => {
  test.each<[string, Edn[]]>([
    ['nil true false', [null, true, false]],
    ['1 -2 +3 1.5 2e3 7N 1.5M', [1, -2, 3, 1.5, 2000, 7, 1.5]],
    [':read :jepsen/op sym', [':read', ':jepsen/op', 'sym']],
    ['"a\\n\\"\\\\\\u0041" \\a \\newline', ['a\n"\\A', 'a', '\n']],
    ['[1 (2 3) #{4}]', [[1, [2, 3], [4]]]],
    [
      '{:f :cas, :value [1 2]}',
      [
        new Map<Edn, Edn>([
          [':f', ':cas'],
          [':value', [1, 2]],
        ]),
      ],
    ],
    ['#jepsen.history.Op{:a 1} #inst "2020"', [new Map<Edn, Edn>([[':a', 1]]), '2020']],
    ['1 ; the rest\n2 #_ 3 [#_(4 5)] #_6', [1, 2, []]],
    ['\uFEFF\n, 1 ,', [1]],
    ['', []],
  ])('%s', (text, forms) => {
    expect(read(text)).toEqual(forms);
  });

  test.each([
    ['[1 2', /line 1: expected \], got the end/],
    ['\n"abc', /line 2: expected ", got the end/],
    [')', /line 1: expected a value, got \)/],
    ['{:a}', /a value for every key/],
    ['"\\q"', /an escape, got \\q/],
    ['"\\u12"', /four hexadecimal digits/],
    ['#_', /the end of the text/],
    ['9007199254740993', /a number that a double holds exactly/],
    ['1e999', /a number that a double holds exactly/],
    ['['.repeat(100_000), /at most 64 levels/],
    ['#_'.repeat(100_000), /at most 64 levels/],
  ])('%.20s is refused', (text, message) => {
    expect(() => read(text)).toThrow(message);
  });

  test('random text is read or refused, never anything else', () => {
    const pieces = fc.constantFrom('[', ']', '{', '}', '#', '_', '"', '\\', ':a', '1', ' ', ';');
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string())), (parts) => {
        try {
          read(parts.join(''));
        } catch (error) {
          expect(error).toMatchObject({ code: 'HISTORY_MALFORMED' });
        }
      }),
    );
  });
});
