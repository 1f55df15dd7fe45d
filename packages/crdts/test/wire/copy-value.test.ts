import { expect, test } from 'vitest';

import { copyValue, emptyObject } from '../../src/wire/copy-value.ts';

test('a copy is frozen, all the way down, and shares nothing', () => {
  const bytes = Uint8Array.of(1);
  const copy = copyValue('value', { list: [1, { deep: true }], bytes });
  bytes[0] = 2;
  expect(copy).toEqual({ list: [1, { deep: true }], bytes: Uint8Array.of(1) });
  expect(Object.isFrozen(copy)).toBe(true);
  expect(Object.isFrozen((copy as { list: unknown }).list)).toBe(true);
});

test.each([null, true, 0, -0, NaN, Infinity, '', '\ud800', 1.5, 2 ** 60])(
  '%j is a value',
  (value) => {
    expect(copyValue('value', value)).toBe(value);
  },
);

test('`__proto__` is a key like any other', () => {
  const copy = copyValue('value', JSON.parse('{"__proto__":{"polluted":1},"constructor":2}'));
  expect(Object.keys(copy as object)).toEqual(['__proto__', 'constructor']);
  expect(Object.getPrototypeOf(copy)).toBe(null);
  expect('polluted' in {}).toBe(false);
  expect(Object.getPrototypeOf(emptyObject())).toBe(null);
});

const expected = 'expected null, a boolean, number, text, bytes, array or plain object';

test.each([
  ['undefined', undefined, `value: ${expected}, got undefined`],
  [
    'a property that is undefined',
    { a: { b: undefined } },
    `value.a.b: ${expected}, got undefined`,
  ],
  ['a bigint', 1n, `value: ${expected}, got bigint`],
  ['a symbol', Symbol('s'), `value: ${expected}, got symbol`],
  ['a function', [() => 1], `value[0]: ${expected}, got function`],
  ['a date', new Date(0), `value: ${expected}, got [object Date]`],
  ['a map', { m: new Map() }, `value.m: ${expected}, got [object Map]`],
  [
    'another array of numbers',
    new Float64Array(1),
    `value: ${expected}, got [object Float64Array]`,
  ],
  // eslint-disable-next-line no-sparse-arrays -- that is the case
  ['a hole', [1, , 3], `value[1]: ${expected}, got a hole`],
])('%s is none', (_, value, message) => {
  expect(() => copyValue('value', value)).toThrow(new TypeError(message));
});

test('a cycle is none, nor what nests too deep', () => {
  const cycle: unknown[] = [];
  cycle.push(cycle);
  expect(() => copyValue('value', cycle)).toThrow(RangeError);
  let nested: unknown = 1;
  for (let depth = 0; depth < 64; depth += 1) nested = [nested];
  expect(copyValue('value', nested)).toEqual(nested);
  expect(() => copyValue('value', [nested])).toThrow(RangeError);
});
