import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { History, Outcome } from '../src/history.ts';
import { parseJepsenLog } from '../src/importers/jepsen.ts';
import { formatJsonLines, parseJsonLines } from '../src/importers/json-lines.ts';
import { parsePorcupineKeyValue } from '../src/importers/porcupine.ts';

describe('Jepsen logs', () => {
  test('calls meet their returns; a failed cas is an answer; a lost write is unknown', () => {
    const text = [
      'INFO  jepsen.util - 0\t:invoke\t:write\t4',
      'INFO  jepsen.util - 1\t:invoke\t:cas\t[3 4]',
      'noise',
      'INFO  jepsen.util - 0\t:info\t:write\t:timed-out',
      'INFO  jepsen.util - 1\t:fail\t:cas\t[3 4]',
      'INFO  jepsen.util - 2\t:invoke\t:read\tnil',
      'INFO  jepsen.util - 2\t:ok\t:read\tnil',
      'INFO  jepsen.util - 3\t:invoke\t:read\tnil',
      'INFO  jepsen.util - 3\t:fail\t:read\t:timed-out',
      'INFO  jepsen.util - 4\t:invoke\t:read\tnil',
    ].join('\n');
    expect(parseJepsenLog(text).map(({ process, outcome }) => [process, outcome])).toEqual([
      ['0', { kind: 'info' }],
      ['1', { kind: 'ok', output: false, returnTime: 4 }],
      ['2', { kind: 'ok', output: null, returnTime: 6 }],
      ['3', { kind: 'fail', returnTime: 8 }],
      ['4', { kind: 'info' }],
    ]);
  });

  test('a return without a call is refused, and so is a value that is none', () => {
    expect(() => parseJepsenLog('INFO  jepsen.util - 0\t:ok\t:write\t4')).toThrow(/process 0/);
    expect(() => parseJepsenLog('INFO  jepsen.util - 0\t:invoke\t:write\tx')).toThrow(/value/);
  });
});

describe('Porcupine key-value histories', () => {
  test('are read', () => {
    const text = [
      '{:process 0, :type :invoke, :f :append, :key "1", :value "x"}',
      '{:process 1, :type :invoke, :f :get, :key "1", :value nil}',
      '{:process 1, :type :ok, :f :get, :key "1", :value "x"}',
      '{:process 2, :type :invoke, :f :put, :key "1", :value "y"}',
      '{:process 0, :type :ok, :f :append, :key "1", :value "x"}',
      '',
    ].join('\n');
    expect(parsePorcupineKeyValue(text)).toMatchObject([
      { process: '1', outcome: { kind: 'ok', output: 'x' } },
      { process: '0', input: { kind: 'append', value: 'x' } },
      { process: '2', input: { kind: 'put', value: 'y' }, outcome: { kind: 'info' } },
    ]);
  });

  test('lines that are none are refused with their number', () => {
    expect(() => parsePorcupineKeyValue('\nnope')).toThrow(/line 2/);
    expect(() =>
      parsePorcupineKeyValue('{:process 0, :type :ok, :f :get, :key "1", :value "x"}'),
    ).toThrow(/line 1/);
  });
});

const json = fc.jsonValue();
const outcome: fc.Arbitrary<Outcome<unknown>> = fc.oneof(
  fc.record({ kind: fc.constant('ok' as const), output: json, returnTime: fc.nat() }),
  fc.record({ kind: fc.constant('fail' as const), returnTime: fc.nat() }),
  fc.record({ kind: fc.constant('info' as const) }),
);
const history: fc.Arbitrary<History<unknown, unknown>> = fc.array(
  fc.record({ process: fc.string(), input: json, callTime: fc.nat(), outcome }),
);

describe('JSON lines', () => {
  test('what is written is read back', () => {
    fc.assert(
      fc.property(history, (operations) => {
        const back = parseJsonLines(formatJsonLines(operations));
        expect(JSON.stringify(back)).toBe(
          JSON.stringify(
            operations.map(({ process, input, callTime, outcome: end }) => ({
              process,
              input,
              callTime,
              outcome:
                end.kind === 'ok'
                  ? { kind: end.kind, output: end.output, returnTime: end.returnTime }
                  : end,
            })),
          ),
        );
      }),
    );
  });

  test.each([
    ['{', /line 1: expected JSON/],
    ['[]', /line 1: process/],
    ['1', /line 1: line: expected an object/],
    ['{"process":"a"}', /line 1: input/],
    ['{"process":"a","input":1}', /line 1: call/],
    ['{"process":"a","input":1,"call":"2"}', /line 1: call: expected a number/],
    ['{"process":"a","input":1,"call":2,"outcome":"ok"}', /line 1: return/],
    ['{"process":"a","input":1,"call":2,"outcome":"maybe"}', /line 1: outcome/],
    ['{"__proto__":{"process":"a"},"input":1,"call":2}', /line 1: process/],
  ])('%s is refused with its line and field', (line, message) => {
    expect(() => parseJsonLines(line)).toThrow(message);
  });

  test('random bytes are refused or read, never anything else', () => {
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
