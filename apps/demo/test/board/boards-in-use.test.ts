import { Simulation } from '@quorate/simulation';
import { expect, test } from 'vitest';

import { openBoard } from '../../src/board/board.ts';
import { BoardsInUse, OPEN_MAX } from '../../src/board/boards-in-use.ts';
import { RestingBoard } from '../../src/board/resting-board.ts';

test('the boards used last stay open, in whichever order they came; the others rest', async () => {
  const simulation = new Simulation({ seed: 1 });
  const inUse = new BoardsInUse(simulation.clock);
  const boards = Array.from(
    { length: 2 * OPEN_MAX },
    (_, number) => new RestingBoard(openBoard(`r${number}`), inUse.note),
  );
  for (const { board } of boards) expect(board.eventCount).toBe(0);
  const [first, second] = boards;
  expect(first?.board.eventCount).toBe(0);
  // Not while somebody may be using one.
  expect(inUse.count).toBe(2 * OPEN_MAX);
  await simulation.run(1_000);
  expect(inUse.count).toBe(OPEN_MAX);
  expect(boards.filter(({ isOpen }) => isOpen)).toHaveLength(OPEN_MAX);
  expect([first?.isOpen, second?.isOpen]).toEqual([true, false]);

  expect(second?.board.eventCount).toBe(0);
  await simulation.run(1_000);
  expect(inUse.count).toBe(OPEN_MAX);
  expect([first?.isOpen, second?.isOpen]).toEqual([true, true]);
});
