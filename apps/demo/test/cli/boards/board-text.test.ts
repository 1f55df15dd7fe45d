import { expect, test } from 'vitest';

import { boardLines, changedLines } from '../../../src/cli/boards/board-text.ts';
import type { BoardView } from '../../../src/board/board.ts';

const board: BoardView = {
  title: 'Payments are down',
  status: 'identified',
  statusConflicts: ['resolved'],
  notes: 'first\nsecond',
  checklist: [{ id: 'i1', text: 'Call Ann', isDone: false }],
  affected: 12,
};

test('a board says a thing a line', () => {
  expect(boardLines(board)).toEqual([
    'Payments are down',
    'status: identified (at once: resolved)',
    'affected: 12',
    '[ ] Call Ann  (i1)',
    '> first',
    '> second',
  ]);
});

test('of a change only what went and what came', () => {
  const after = boardLines({ ...board, notes: 'first\nfirst', affected: 13 });
  expect(changedLines(boardLines(board), after)).toEqual([
    '- affected: 12',
    '- > second',
    '+ affected: 13',
    '+ > first',
  ]);
  expect(changedLines(after, after)).toEqual([]);
});
