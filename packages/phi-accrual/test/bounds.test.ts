import { expect, test } from 'vitest';

import { checkInteger, checkNumber, checkRecord, show } from '../src/bounds.ts';

test.each([NaN, 0, 4, 2.5, '3', undefined, null, 2n])('checkInteger refuses %s', (value) => {
  expect(() => {
    checkInteger('size', value, 1, 3);
  }).toThrow(/^size: expected an integer in 1\.\.3, got /);
});

test.each([NaN, 0.9, Infinity, '2', {}, []])('checkNumber refuses %s', (value) => {
  expect(() => {
    checkNumber('size', value, 1, 3);
  }).toThrow(/^size: expected a number in 1\.\.3, got /);
});

test('both ends are allowed', () => {
  for (const value of [1, 3]) {
    checkInteger('size', value, 1, 3);
    checkNumber('size', value, 1, 3);
  }
});

test.each([null, [], 'x', 1, undefined])('checkRecord refuses %s', (value) => {
  expect(() => {
    checkRecord('options', value);
  }).toThrow(/^options: expected an object, got /);
});

test('show is short, whatever the value is', () => {
  const values = ['\ud800'.repeat(99), 1, true, null, [], {}, undefined, () => 0, Symbol('x'), 1n];
  for (const value of values) expect(show(value).length).toBeLessThan(300);
});
