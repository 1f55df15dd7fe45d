import { expect, test } from 'vitest';

import { parseChange } from '../../../src/cli/boards/board-change.ts';

test.each([
  ['title=Payments = down', { kind: 'setTitle', title: 'Payments = down' }],
  ['status=resolved', { kind: 'setStatus', status: 'resolved' }],
  ['note=two\nlines', { kind: 'insertNotes', position: 0, text: 'two\nlines\n' }],
  ['item=Call Ann', { kind: 'addItem', id: 'id', text: 'Call Ann' }],
  ['done=i1', { kind: 'checkItem', id: 'i1', isDone: true }],
  ['affected=-3', { kind: 'addAffected', amount: -3 }],
])('%s', (text, operation) => {
  expect(parseChange(text, 'id')).toEqual(operation);
});

test.each([
  ['Payments are down', 'expected one of title=…'],
  ['colour=red', 'got colour=red'],
  ['toString=x', 'got toString=x'],
  ['status=fine', '<value>: status: Invalid type'],
  ['affected=many', '<value>: affected: Invalid type'],
])('%s is not understood', (text, problem) => {
  expect(() => parseChange(text, 'id')).toThrow(problem);
});
