import { expect, test } from 'vitest';

import { entriesOf } from '../src/address-book.ts';
import { nodeId } from '../src/node-id.ts';

test('lists the entries of a map and of a plain object in their order', () => {
  expect(entriesOf({ n2: 'b', n1: 'a' })).toEqual([
    ['n2', 'b'],
    ['n1', 'a'],
  ]);
  expect(entriesOf(new Map([[nodeId('n1'), 7]]))).toEqual([['n1', 7]]);
  expect(entriesOf({})).toEqual([]);
});

test('takes own keys only, and refuses those that are no ids', () => {
  expect(entriesOf(Object.fromEntries([['__proto__', 1]]))).toEqual([['__proto__', 1]]);
  expect(() => entriesOf({ '': 'a' })).toThrow(RangeError);
  expect(() => entriesOf({ '\ud800': 'a' })).toThrow(RangeError);
});
