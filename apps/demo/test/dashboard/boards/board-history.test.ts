import { expect, test } from 'vitest';

import { BoardHistory, boardAt } from '../../../src/dashboard/boards/board-history.ts';
import type { ClientState } from '../../../src/dashboard/boards/board-client.ts';
import { type Board, openBoard } from '../../../src/board/board.ts';

const live: ClientState = {
  ...{ connection: 'live', problem: undefined, delivery: { kind: 'none' } },
  ...{ pendingCount: 0, waitingCount: 0 },
};
const offline: ClientState = { ...live, connection: 'offline' };

/** A client whose copy is `board`. */
const clientOf = (board: Board, state = live) => ({
  ...{ board, state, nodeId: 'n1' },
  digest: JSON.stringify([...board.encodeVersion()]),
});

/** Ann writes at 1 000, goes offline at 2 000, and writes more at 3 000. */
function played(history = new BoardHistory()): { history: BoardHistory; board: Board } {
  const board = openBoard('ann');
  board.root.notes.insert(0, 'Checkout');
  history.note('Ann', clientOf(board), 1_000);
  history.note('Ann', clientOf(board, offline), 2_000);
  board.root.notes.insert(8, ' is down');
  board.root.status = 'identified';
  history.note('Ann', clientOf(board, offline), 3_000);
  return { history, board };
}

test('a copy is shown as it was, whatever came later', () => {
  const { history, board } = played();
  board.root.notes.delete(0, 8);
  const notesAt = (atMs: number): string | undefined => {
    const moment = history.at('Ann', atMs);
    return moment && boardAt(moment).root.notes.toString();
  };
  expect([999, 1_000, 2_500, 3_000, 9_000].map(notesAt)).toEqual([
    undefined,
    'Checkout',
    'Checkout',
    'Checkout is down',
    'Checkout is down',
  ]);
  expect(history.at('Ann', 1_500)?.state.connection).toBe('live');
  expect(history.at('Ann', 2_500)?.state.connection).toBe('offline');
  expect(history.at('Bob', 9_000)).toBeUndefined();
});

test('tells when what changed, but not what a reader cannot see', () => {
  expect(played().history.changes).toEqual([
    { atMs: 1_000, name: 'Ann', what: 'opened' },
    { atMs: 3_000, name: 'Ann', what: 'status, notes' },
  ]);
});

test('who closed a board has no copy of it, until it is opened again', () => {
  const { history, board } = played();
  history.noteEnd('Ann', 4_000);
  history.note('Ann', clientOf(board), 5_000);
  expect([3_999, 4_000, 5_000].map((atMs) => history.at('Ann', atMs)?.atMs)).toEqual([
    3_000,
    undefined,
    5_000,
  ]);
});

test('of another future, what is void is forgotten', () => {
  const { history } = played();
  history.forget(3_000);
  expect(history.at('Ann', 9_000)?.atMs).toBe(2_000);
  expect(history.changes).toHaveLength(1);
});

test('is bounded, and the oldest moments go first', () => {
  const { history, board } = played(new BoardHistory(8));
  for (let atMs = 4_000; atMs < 5_000; atMs += 100) {
    board.root.affected.add(1);
    history.note('Ann', clientOf(board), atMs);
  }
  expect(history.at('Ann', 1_000)).toBeUndefined();
  expect(history.changes.length).toBeLessThanOrEqual(8);
  const moment = history.at('Ann', 4_900);
  expect(moment && boardAt(moment).root.affected.value).toBe(10);
});
