import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { History, Outcome } from '../src/history.ts';
import { formatJsonLines, parseJsonLines, parseRecording } from '../src/importers/json-lines.ts';

/** What JSON gives back: it makes 0 of -0. */
const json = fc.jsonValue().map((value): unknown => JSON.parse(JSON.stringify(value)));
const outcome: fc.Arbitrary<Outcome<unknown>> = fc.oneof(
  fc.record({ kind: fc.constant('ok' as const), output: json, returnTime: fc.nat() }),
  fc.record({ kind: fc.constant('fail' as const), returnTime: fc.nat() }),
  fc.record({ kind: fc.constant('info' as const) }),
);
const history: fc.Arbitrary<History<unknown, unknown>> = fc.array(
  fc.record({ process: fc.string(), input: json, callTime: fc.nat(), outcome }),
);

const operation = { process: 'a', input: 1, callTime: 0 };
const answered = (output: unknown): History<unknown, unknown> => [
  { ...operation, outcome: { kind: 'ok', output, returnTime: 1 } },
];

describe('JSON lines', () => {
  test('what is written is read back', () => {
    fc.assert(
      fc.property(history, (operations) => {
        expect(parseJsonLines(formatJsonLines(operations))).toEqual(operations);
      }),
    );
  });

  test('odd names, texts and notes survive', () => {
    const odd: History<unknown, unknown> = [
      {
        process: '__proto__',
        input: JSON.parse('{"__proto__":1,"constructor":2}'),
        callTime: -0.5,
        outcome: { kind: 'ok', output: '\ud800\u2028</script>', returnTime: 2 ** 53 - 1 },
        note: 'line\nbreak',
      },
    ];
    expect(parseJsonLines(formatJsonLines(odd))).toEqual(odd);
    expect(formatJsonLines(odd)).toContain('"__proto__":1');
  });

  test('a value that stands in several places is written in all', () => {
    const shared = { deep: [1] };
    const twice = answered([shared, shared]);
    expect(parseJsonLines(formatJsonLines(twice))).toEqual(twice);
  });

  test('no answer comes back as none', () => {
    expect(parseJsonLines(formatJsonLines(answered(undefined)))).toEqual(answered(undefined));
  });

  test('annotations stand between the operations', () => {
    const annotations = [
      { label: 'partition n1 | n2', fromTime: 1, toTime: 4 },
      { label: 'crash n3', fromTime: 2, toTime: 2 },
    ];
    const text = formatJsonLines(answered(1), annotations);
    expect(parseRecording(text)).toEqual({ history: answered(1), annotations });
    expect(parseRecording('{"annotation":"x","from":1}').annotations).toEqual([
      { label: 'x', fromTime: 1, toTime: 1 },
    ]);
    expect(parseJsonLines(text)).toEqual(answered(1));
  });

  test.each([
    ['NaN', Number.NaN],
    ['an infinity', [Number.POSITIVE_INFINITY]],
    ['-0', -0],
    ['a bigint', 1n],
    ['a Map', new Map()],
    ['a Set', { inside: new Set() }],
    ['a Date', new Date(0)],
    ['a symbol', Symbol('s')],
    ['undefined inside', [undefined]],
  ])('%s would come back as another and is not written', (_name, output) => {
    expect(() => formatJsonLines(answered(output))).toThrow(/^operation 0: output: expected only/);
  });

  test('a time that JSON does not know is not written', () => {
    const info = { kind: 'info' } as const;
    expect(() => formatJsonLines([{ ...operation, callTime: Number.NaN, outcome: info }])).toThrow(
      /^operation 0: times/,
    );
  });

  test.each([
    ['{', /^line 1: expected JSON, got \{/],
    ['[]', /^line 1: process/],
    ['1', /^line 1: line: expected an object/],
    ['{"process":"a"}', /^line 1: input/],
    ['{"process":"a","input":1}', /^line 1: call/],
    ['{"process":"a","input":1,"call":"2"}', /^line 1: call: expected a number/],
    ['{"process":"a","input":1,"call":2,"outcome":"ok"}', /^line 1: return/],
    ['{"process":"a","input":1,"call":2,"outcome":"maybe"}', /^line 1: outcome/],
    ['{"__proto__":{"process":"a"},"input":1,"call":2}', /^line 1: process/],
    ['{"annotation":1}', /^line 1: annotation: expected a string/],
    ['{"annotation":"a","from":2,"to":1}', /^line 1: to: expected a time at or after from/],
  ])('%s is refused with its line and field', (line, message) => {
    expect(() => parseJsonLines(line)).toThrow(message);
  });

  test.each(['1790000000000000001', '1790000000.123456789', '9007199254740993'])(
    'the time %s would be rounded and is refused',
    (time) => {
      const line = `{"process":"a","input":1,"call":${time},"outcome":"info"}`;
      expect(() => parseJsonLines(line)).toThrow(/^line 1: call: .* double holds exactly/);
    },
  );

  test('random text is refused or read, never anything else', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          parseJsonLines(text);
        } catch (error) {
          expect(error).toMatchObject({ code: 'HISTORY_MALFORMED' });
        }
      }),
    );
  });
});
