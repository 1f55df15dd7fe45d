import { expect, test } from 'vitest';

import { nextTurn, platformTurn, turnOf } from '../../src/adapters/platform-turn.ts';
import { systemClock } from '../../src/adapters/system.ts';
import { ManualClock } from '../support/manual-clock.ts';

test('the next turn comes after all microtasks, in order', async () => {
  const order: string[] = [];
  await new Promise<void>((resolve) => {
    nextTurn(() => order.push('first turn'));
    nextTurn(() => {
      order.push('second turn');
      resolve();
    });
    queueMicrotask(() => queueMicrotask(() => order.push('microtask of a microtask')));
    order.push('now');
  });
  expect(order).toEqual(['now', 'microtask of a microtask', 'first turn', 'second turn']);
});

test('the turns of a clock of another machine come when it says so', () => {
  expect(turnOf(systemClock)).toBe(platformTurn);
  const clock = new ManualClock();
  const order: string[] = [];
  turnOf(clock).flush(() => order.push('flush'));
  turnOf(clock).next(() => order.push('next'));
  expect(order).toEqual([]);
  clock.advance(0);
  expect(order).toEqual(['flush', 'next']);
});
