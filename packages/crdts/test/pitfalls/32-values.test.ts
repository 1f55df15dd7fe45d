import { expect, test } from 'vitest';

import { JsonDocument, schema } from '../../src/document/index.ts';
import { recordOfJson } from '../support/records.ts';

const page = schema.map({ list: schema.list(schema.register()), value: schema.register() });

function replica(replicaId: string) {
  return new JsonDocument({ replicaId, schema: page });
}

test.each([
  ['null', null],
  ['NaN', NaN],
  ['-0', -0],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
  ['2^53 + 2', 2 ** 53 + 2],
  ['the smallest number', 5e-324],
  ['bytes', new Uint8Array([0, 1, 255])],
  ['nested', { a: [1, { b: [true, null, 'x'] }], bytes: new Uint8Array(3) }],
  ['an empty list', []],
  ['an empty object', {}],
] as const)('%s is the same everywhere', (_name, value) => {
  const ann = replica('ann');
  ann.root.value = value;
  ann.root.list.push(value, value);
  const bob = replica('bob');
  bob.applyAll(ann.updatesSince(bob.encodeVersion()));
  const loaded = JsonDocument.load(bob.save(), { replicaId: 'later', schema: page });
  for (const document of [ann, bob, loaded]) {
    expect(document.root.value).toEqual(value);
    expect([...document.root.list]).toEqual([value, value]);
    expect(Object.is(document.root.value, -0)).toBe(Object.is(value, -0));
  }
});

const cycle: Record<string, unknown> = {};
cycle['self'] = cycle;
// eslint-disable-next-line no-sparse-arrays -- Sparse on purpose.
const sparse = [1, , 3];

test.each([
  ['undefined in a list', [undefined], 'undefined'],
  ['a bigint', 1n, 'bigint'],
  ['a symbol', Symbol('s'), 'symbol'],
  ['a function', () => 1, 'function'],
  ['a date', new Date(0), 'Date'],
  ['a map', new Map(), 'Map'],
  ['a typed array of numbers', new Float64Array(2), 'Float64Array'],
  ['a hole', sparse, 'a hole'],
  ['a cycle', cycle, 'cycle'],
])('%s is refused by name, and nothing has changed', (_name, value, named) => {
  const ann = replica('ann');
  const version = ann.encodeVersion();
  expect(() => ann.root.list.push(value as never)).toThrow(named);
  expect(() => {
    ann.root.value = { nested: [value] } as never;
  }).toThrow(named);
  expect(ann.encodeVersion()).toEqual(version);
  expect(ann.toJSON()).toEqual({});
});

test('a value is a copy: who changes the original or what was read changes nothing', () => {
  const ann = replica('ann');
  const value = { list: [1, 2], bytes: Buffer.from([1, 2]) };
  ann.root.value = value;
  value.list.push(3);
  value.bytes[0] = 9;
  expect(ann.root.value).toEqual({ list: [1, 2], bytes: new Uint8Array([1, 2]) });
  expect(Object.isFrozen(ann.root.value)).toBe(true);
  const json = recordOfJson(recordOfJson(ann.toJSON())['value']);
  if (!Array.isArray(json['list']) || !(json['bytes'] instanceof Uint8Array)) throw new Error();
  json['list'].push(4);
  json['bytes'][1] = 9;
  expect(ann.root.value).toEqual({ list: [1, 2], bytes: new Uint8Array([1, 2]) });
});
