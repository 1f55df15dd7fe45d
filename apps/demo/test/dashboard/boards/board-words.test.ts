import { expect, test } from 'vitest';

import type { ClientState } from '../../../src/dashboard/boards/board-client.ts';
import { reasonOf, statusWrites } from '../../../src/dashboard/boards/board-conflict.ts';
import {
  connectionPill,
  deliveryPill,
  problemText,
} from '../../../src/dashboard/boards/delivery-words.ts';
import { openBoard } from '../../../src/board/board.ts';

const idle: ClientState = {
  ...{ connection: 'live', problem: undefined, pendingCount: 0, waitingCount: 0 },
  delivery: { kind: 'none' },
};

function conflict(annEdits: number) {
  const [ann, bob] = [openBoard('ann'), openBoard('bob')];
  for (let edit = 0; edit < annEdits; edit += 1) ann.root.affected.add(1);
  ann.root.status = 'identified';
  bob.root.status = 'monitoring';
  ann.applyAll(bob.updatesSince(ann.encodeVersion()));
  bob.applyAll(ann.updatesSince(bob.encodeVersion()));
  expect(statusWrites(ann)).toEqual(statusWrites(bob));
  return ann;
}

test('of two statuses at once the later one wins, and it is said why', () => {
  const writes = statusWrites(conflict(3));
  expect(writes.map(({ value, replicaId }) => [value, replicaId])).toEqual([
    ['identified', 'ann'],
    ['monitoring', 'bob'],
  ]);
  expect(reasonOf(writes)).toBe('ann wrote at Lamport time 4, bob at 0: the later one wins.');
});

test('at the same Lamport time the higher id wins', () => {
  expect(reasonOf(statusWrites(conflict(0)))).toBe(
    'Both wrote at Lamport time 0: bob wins, as it is the higher id.',
  );
});

test('who chooses ends a conflict', () => {
  const board = conflict(0);
  board.root.status = 'resolved';
  expect(statusWrites(board).length).toBe(1);
  expect(reasonOf(statusWrites(board))).toBeUndefined();
  expect(reasonOf(statusWrites(openBoard('new')))).toBeUndefined();
});

test('what a client does is said in words', () => {
  const problem = { code: 'unconfirmed', detail: 'x', indefinite: true };
  expect(connectionPill(idle, 'n2').text).toBe('live on n2');
  expect(connectionPill({ ...idle, connection: 'lost' }, 'n2').text).toContain('trying again');
  expect(deliveryPill(idle)).toBeUndefined();
  expect(deliveryPill({ ...idle, connection: 'offline', pendingCount: 1 })?.text).toBe(
    '1 edit waits here',
  );
  expect(deliveryPill({ ...idle, connection: 'offline', pendingCount: 2 })?.text).toBe(
    '2 edits wait here',
  );
  const unconfirmed: ClientState = {
    ...{ ...idle, pendingCount: 3 },
    delivery: { kind: 'unconfirmed', problem },
  };
  expect(deliveryPill(unconfirmed)?.text).toBe('3 edits on one disk only');
  expect(problemText(problem)).toContain('one disk');
  expect(problemText({ ...problem, code: '__proto__' })).toBe('__proto__: x');
});
