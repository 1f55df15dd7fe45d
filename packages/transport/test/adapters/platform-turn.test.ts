import { expect, test } from 'vitest';

import { nextTurn } from '../../src/adapters/platform-turn.ts';

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
