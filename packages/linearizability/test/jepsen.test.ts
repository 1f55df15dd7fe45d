import { describe, expect, test } from 'vitest';

import { checkSync } from '../src/checker.ts';
import { parseJepsenHistory, parseJepsenLog } from '../src/importers/jepsen.ts';
import { historyFor } from '../src/importers/vocabulary.ts';
import { keyValue } from '../src/models/key-value.ts';
import { mutex } from '../src/models/mutex.ts';

const inputs = (history: readonly { readonly input: unknown }[]): unknown[] =>
  history.map(({ input }) => input);

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
    ].join('\r\n');
    const history = historyFor.casRegister(parseJepsenLog(text).history);
    expect(history.map(({ process, outcome }) => [process, outcome])).toEqual([
      ['0', { kind: 'info' }],
      ['1', { kind: 'ok', output: false, returnTime: 3 }],
      ['2', { kind: 'ok', output: null, returnTime: 5 }],
      ['3', { kind: 'fail', returnTime: 7 }],
      ['4', { kind: 'info' }],
    ]);
  });

  test('newer logs, and history.txt, are read as well', () => {
    const newer = [
      '2026-05-01 10:00:00,123{GMT}\tINFO\t[jepsen worker 0] jepsen.util: 0\t:invoke\t:write\t3',
      '2026-05-01 10:00:00,200{GMT}\tINFO\t[jepsen worker 0] jepsen.util: 0\t:ok\t:write\t3',
    ];
    const plain = ['0\t:invoke\t:write\t3', '0\t:ok\t:write\t3'];
    expect(parseJepsenLog(newer)).toEqual(parseJepsenLog(plain));
    expect(inputs(parseJepsenLog(plain).history)).toEqual([{ kind: 'write', value: 3 }]);
  });

  test('a cas that failed with an error is none that was answered', () => {
    const text = '0\t:invoke\t:cas\t[1 2]\n0\t:fail\t:cas\t[1 2]\t:connection-refused';
    expect(parseJepsenLog(text).history[0]?.outcome.kind).toBe('fail');
  });

  test.each([
    ['a return without a call', '0\t:ok\t:write\t4', /line 1: expected a call of process 0/],
    ['two open calls', '0\t:invoke\t:read\tnil\n0\t:invoke\t:read\tnil', /line 2: .* no open call/],
    ['another return', '0\t:invoke\t:read\tnil\n0\t:ok\t:write\t1', /line 2: .* return of read/],
    ['an event cut off', 'INFO  jepsen.util - 0\t:inv', /line 1: expected an event/],
    ['a value cut off', '0\t:invoke\t:cas\t[1', /line 1: expected a value/],
    ['a transaction', '0\t:invoke\t:txn\t[[:r 1 nil]]', /line 1: .* got txn/],
    ['half a cas', '0\t:invoke\t:cas\t1', /line 1: expected cas to have two values/],
  ])('%s is refused with its line', (_name, text, message) => {
    expect(() => parseJepsenLog(text)).toThrow(message);
  });
});

describe('Jepsen histories', () => {
  const edn = `
    {:index 0, :time 10, :type :invoke, :process 0, :f :write, :value [5 1]}
    #jepsen.history.Op{:index 1, :time 12, :type :invoke, :process 1, :f :read, :value [5 nil]}
    {:index 2, :time 13, :type :ok, :process 0, :f :write, :value [5 1]}
    {:index 3, :time 14, :type :info, :process :nemesis, :f :start-partition, :value nil}
    {:index 4, :time 15, :type :info, :process :nemesis, :f :start-partition, :value {"n1" #{"n2"}}}
    {:index 5, :time 16, :type :ok, :process 1, :f :read, :value [5 nil]}
    {:index 6, :time 17, :type :info, :process :nemesis, :f :stop-partition, :value nil}
    {:index 7, :time 18, :type :info, :process :nemesis, :f :stop-partition, :value nil}`;

  test('pairs are a key and its value; the nemesis becomes annotations', () => {
    const { history, annotations } = parseJepsenHistory(edn);
    expect(inputs(history)).toEqual([
      { kind: 'put', key: '5', value: 1 },
      { kind: 'get', key: '5' },
    ]);
    expect(annotations).toEqual([
      { label: 'start-partition {"n1":["n2"]}', fromTime: 3, toTime: 7 },
    ]);
    expect(checkSync(keyValue(), historyFor.keyValue(history)).verdict).toBe('linearizable');
  });

  test('the same in one list, and as JSON, is the same', () => {
    const json = JSON.stringify([
      { type: 'invoke', process: 0, f: 'write', value: [5, 1] },
      { type: 'invoke', process: 1, f: 'read', value: [5, null] },
      { type: 'ok', process: 0, f: 'write', value: [5, 1] },
      { type: 'info', process: 'nemesis', f: 'start-partition' },
      { type: 'info', process: 'nemesis', f: 'start-partition', value: '{"n1":["n2"]}' },
      { type: 'ok', process: 1, f: 'read', value: [5, null] },
      { type: 'info', process: 'nemesis', f: 'stop-partition' },
      { type: 'info', process: 'nemesis', f: 'stop-partition' },
    ]);
    expect(parseJepsenHistory(`[${edn}]`)).toEqual(parseJepsenHistory(edn));
    expect(parseJepsenHistory(json)).toEqual(parseJepsenHistory(edn));
  });

  test('locks, queues, sets and counters are known by their words', () => {
    const story = (...events: readonly (readonly [string, string, unknown])[]): unknown[] =>
      inputs(
        parseJepsenHistory(
          events
            .map(([type, f, value]) => JSON.stringify({ process: 0, type, f, value }))
            .join('\n'),
        ).history,
      );
    expect(story(['invoke', 'acquire', null])).toEqual([{ kind: 'acquire', owner: 'anyone' }]);
    expect(
      story(['invoke', 'enqueue', 3], ['ok', 'enqueue', 3], ['invoke', 'dequeue', null]),
    ).toEqual([{ kind: 'enqueue', item: 3 }, { kind: 'dequeue' }]);
    expect(story(['invoke', 'add', 3], ['ok', 'add', 3], ['invoke', 'read', null])).toEqual([
      { kind: 'add', item: 3 },
      { kind: 'read' },
    ]);
    expect(story(['invoke', 'read', null], ['ok', 'read', 0], ['invoke', 'add', 3])).toEqual([
      { kind: 'read' },
      { kind: 'add', by: 3 },
    ]);
  });

  test('a lock that two hold at once is found', () => {
    const events = [0, 1].flatMap((process) => [
      { process, type: 'invoke', f: 'acquire' },
      { process, type: 'ok', f: 'acquire' },
    ]);
    const { history } = parseJepsenHistory(JSON.stringify(events));
    expect(checkSync(mutex(), historyFor.mutex(history)).verdict).toBe('not-linearizable');
  });

  test.each([
    ['no map', '[1]', /event 1: expected a map/],
    ['no type', '{:process 0, :f :read}', /event 1: type: expected a word/],
    [
      'a type that is none',
      '{:process 0 :type :invoke :f :read} {:process 0 :type :x :f :read}',
      /x/,
    ],
    ['JSON cut off', '[{"type":"invoke","f":"rea', /expected JSON/],
    ['EDN cut off', '[{:type :invoke', /got the end of the text/],
    ['inherited fields', '{"__proto__":{"process":0,"type":"invoke","f":"read"}}', /process/],
  ])('%s is refused', (_name, text, message) => {
    expect(() => parseJepsenHistory(text)).toThrow(message);
  });
});
