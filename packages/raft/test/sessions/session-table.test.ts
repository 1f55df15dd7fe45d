import { expect, test } from 'vitest';

import { SessionTable } from '../../src/sessions/session-table.ts';

const limits = {
  ttlMs: 10,
  sessionCountMax: 2,
  backlogMax: 2,
  backlogBytesMax: 1_000,
  storedBytesMax: 1_000,
};
const stored = { logIndex: 2, response: new Uint8Array(0) };

test('ends the sessions that were silent too long, and says which', () => {
  const table = new SessionTable(limits);
  table.open('a', 1);
  table.advanceTo(5);
  table.open('b', 2);
  expect(table.advanceTo(9)).toEqual([]);
  expect(table.advanceTo(10)).toEqual([1]);
  expect(table.advanceTo(Number.MAX_SAFE_INTEGER)).toEqual([2]);
  expect(table.sessionCount).toBe(0);
});

test('says who made room for whom', () => {
  const table = new SessionTable(limits);
  table.open('a', 1);
  table.open('b', 2);
  expect(table.hear(1, 0)).toBe('heard');
  expect(table.open('c', 3)).toEqual({ sessionId: 3, ended: [2] });
});

test('refuses a response to a call that was applied before', () => {
  const table = new SessionTable(limits);
  table.open('a', 1);
  table.store(1, 1, stored);
  expect(() => table.store(1, 1, stored)).toThrow('a call is applied once');
  expect(table.admit(1, 1)).toEqual({ kind: 'repeated', stored });
});
