import { describe, expect, test } from 'vitest';

import { checkSync } from '../src/checker.ts';
import type { History } from '../src/history.ts';
import { parseJsonLines } from '../src/importers/json-lines.ts';
import { historyFor } from '../src/importers/vocabulary.ts';
import { queue } from '../src/models/queue.ts';
import { register, type Scalar } from '../src/models/register.ts';

type Name = keyof typeof historyFor;

/** One operation as JSON; `output` as JSON too, or '' where the file says none. */
function file(input: string, output = ''): History<unknown, unknown> {
  const answer = output === '' ? '' : `,"output":${output}`;
  return parseJsonLines(
    `{"process":"a","call":0,"return":1,"outcome":"ok","input":${input}${answer}}`,
  );
}

const accepted: readonly [Name, string, string, unknown, unknown][] = [
  ['register', '{"kind":"write","value":null}', '"OK"', { kind: 'write', value: null }, undefined],
  ['register', '{"kind":"read"}', '-0', { kind: 'read' }, 0],
  [
    'casRegister',
    '{"kind":"cas","expected":1,"value":"2"}',
    'false',
    { kind: 'cas', expected: 1, value: '2' },
    false,
  ],
  [
    'keyValue',
    '{"kind":"put","key":1,"value":true}',
    'null',
    { kind: 'put', key: '1', value: 'true' },
    undefined,
  ],
  ['keyValue', '{"kind":"get","key":"__proto__"}', 'null', { kind: 'get', key: '__proto__' }, null],
  [
    'keyValue',
    '{"kind":"cas","key":"x","expected":null,"value":"1"}',
    'true',
    { kind: 'cas', key: 'x', expected: null, value: '1' },
    true,
  ],
  ['keyValue', '{"kind":"delete","key":"x"}', '', { kind: 'delete', key: 'x' }, undefined],
  ['counter', '{"kind":"addAndGet","by":-2}', '-2', { kind: 'addAndGet', by: -2 }, -2],
  ['counter', '{"kind":"add","by":2}', '', { kind: 'add', by: 2 }, undefined],
  ['set', '{"kind":"add","item":"a"}', '', { kind: 'add', item: 'a' }, undefined],
  ['set', '{"kind":"read"}', '["a",1]', { kind: 'read' }, ['a', 1]],
  ['set', '{"kind":"contains","item":1}', 'true', { kind: 'contains', item: 1 }, true],
  ['queue', '{"kind":"dequeue"}', 'null', { kind: 'dequeue' }, undefined],
  ['queue', '{"kind":"enqueue","item":1}', '', { kind: 'enqueue', item: 1 }, undefined],
  ['stack', '{"kind":"pop"}', '3', { kind: 'pop' }, 3],
  ['stack', '{"kind":"push","item":"a"}', '', { kind: 'push', item: 'a' }, undefined],
  ['mutex', '{"kind":"acquire"}', 'null', { kind: 'acquire', owner: 'a' }, undefined],
  ['mutex', '{"kind":"release","owner":"o"}', 'false', { kind: 'release', owner: 'o' }, false],
  ['semaphore', '{"kind":"acquire","owner":3}', 'true', { kind: 'acquire', owner: '3' }, true],
  ['fencedLock', '{"kind":"acquire"}', '7', { kind: 'acquire', owner: 'a' }, 7],
  ['fencedLock', '{"kind":"acquire"}', 'null', { kind: 'acquire', owner: 'a' }, null],
  ['fencedLock', '{"kind":"release"}', '', { kind: 'release', owner: 'a' }, undefined],
  ['log', '{"kind":"append","item":"e"}', '0', { kind: 'append', item: 'e' }, 0],
  ['log', '{"kind":"read","offset":1}', '', { kind: 'read', offset: 1 }, undefined],
  [
    'multiRegister',
    '{"kind":"write","values":{"x":1}}',
    '',
    { kind: 'write', values: { x: 1 } },
    undefined,
  ],
  [
    'multiRegister',
    '{"kind":"read","keys":["x",2]}',
    '{"x":1,"2":null}',
    { kind: 'read', keys: ['x', '2'] },
    { x: 1, 2: null },
  ],
];

const refused: readonly [Name, string, string, RegExp][] = [
  ['register', '{"kind":"cas"}', '1', /input\.kind: expected one of read, write, got "cas"/],
  ['register', '{"kind":"read"}', '', /output: expected a text, number, .* got nothing/],
  ['register', '{"kind":"read"}', '[1]', /output: .* got a list/],
  ['register', '{"kind":"write"}', '', /input\.value: .* got nothing/],
  ['register', '{"kind":"write","value":9007199254740993}', '', /below 2\^53 \(write larger/],
  ['register', '{"kind":"write","value":1e999}', '', /a finite number, got Infinity/],
  ['register', '"read"', '', /input: expected an object, got "read"/],
  ['register', '{"__proto__":{"kind":"read"}}', '1', /input\.kind/],
  ['casRegister', '{"kind":"cas","expect":1,"value":2}', 'true', /input\.expected/],
  ['casRegister', '{"kind":"cas","expected":1,"value":2}', '"ok"', /output: expected true or/],
  ['keyValue', '{"kind":"pu","key":"x","value":"1"}', '', /get, put, append, delete, cas/],
  ['keyValue', '{"kind":"get"}', '"1"', /input\.key: expected a text, got nothing/],
  ['keyValue', '{"kind":"get","key":"x"}', '', /output: expected a text, got nothing/],
  ['keyValue', '{"kind":"put","key":"x","value":null}', '', /input\.value: expected a text/],
  ['counter', '{"kind":"add","by":0.1}', '', /input\.by: expected an integer, got 0.1/],
  ['counter', '{"kind":"read"}', 'null', /output: expected a finite number, got null/],
  ['set', '{"kind":"read"}', '{"a":1}', /output: expected a list, got an object/],
  ['queue', '{"kind":"enqueue","item":null}', '', /input\.item: expected a text, number or boo/],
  ['queue', '{"kind":"pop"}', '', /enqueue, dequeue/],
  ['mutex', '{"kind":"acquire"}', '"ok"', /output: expected true or false, got "ok"/],
  ['fencedLock', '{"kind":"acquire"}', '', /output: expected a finite number, got nothing/],
  ['log', '{"kind":"append","item":1}', '', /output: expected a finite number, got nothing/],
  ['multiRegister', '{"kind":"read","keys":"x"}', '{}', /input\.keys: expected a list/],
];

describe('operations from files', () => {
  test.each(accepted)('%s takes %s, answered %s', (name, input, output, asked, answered) => {
    const [operation] = historyFor[name](file(input, output));
    expect(operation).toMatchObject({ process: 'a', input: asked });
    expect(operation?.outcome).toEqual({ kind: 'ok', output: answered, returnTime: 1 });
  });

  test.each(refused)('%s refuses %s, answered %s', (name, input, output, message) => {
    const place = /^operation 1 \(process a, called at 0\): /;
    expect(() => historyFor[name](file(input, output))).toThrow(message);
    expect(() => historyFor[name](file(input, output))).toThrow(place);
  });

  test('what was lost or failed is checked too, but has no answer', () => {
    const lost = parseJsonLines(
      '{"process":"a","call":0,"outcome":"info","input":{"kind":"dequeue"},"output":"?"}',
    );
    expect(historyFor.queue(lost)[0]?.outcome).toEqual({ kind: 'info' });
    expect(() => historyFor.register(lost)).toThrow(/input\.kind/);
  });

  test('a counter whose sums are not exact is refused', () => {
    const add = file('{"kind":"add","by":9007199254740991}');
    expect(() => historyFor.counter([...add, ...file('{"kind":"add","by":1}')])).toThrow(/2\^53/);
  });

  test('nesting of any depth is refused, not followed', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    expect(() => historyFor.register(file(deep))).toThrow(/input: expected an object, got a list/);
    expect(() => historyFor.register(file(`{"kind":"write","value":${deep}}`))).toThrow(/a list/);
  });

  test('what comes out is what models check', () => {
    const empty = historyFor.queue(file('{"kind":"dequeue"}', 'null'));
    expect(checkSync(queue<Scalar>(), empty).verdict).toBe('linearizable');
    const zero = historyFor.register(file('{"kind":"read"}', '-0'));
    expect(checkSync(register<Scalar>(0), zero).verdict).toBe('linearizable');
  });
});
