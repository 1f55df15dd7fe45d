import { getEventListeners } from 'node:events';

import { expect, test } from 'vitest';

import { unwatchAbort, watchAbort } from '../../src/policies/abort-watch.ts';

function waiter(heard: unknown[], name: string): { onAborted: (reason: unknown) => void } {
  return { onAborted: (reason) => heard.push([name, reason]) };
}

test('any number of waiters are one listener, and none is left when they are gone', () => {
  const { signal } = new AbortController();
  const waiters = [1, 2, 3].map((name) => waiter([], `${name}`));
  for (const one of waiters) watchAbort(signal, one);
  expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  for (const one of waiters) unwatchAbort(signal, one);
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
});

test('all who wait hear the reason, once, and who left does not', () => {
  const controller = new AbortController();
  const heard: unknown[] = [];
  const left = waiter(heard, 'left');
  watchAbort(controller.signal, waiter(heard, 'first'));
  watchAbort(controller.signal, left);
  watchAbort(controller.signal, waiter(heard, 'last'));
  unwatchAbort(controller.signal, left);
  controller.abort('enough');
  expect(heard).toEqual([
    ['first', 'enough'],
    ['last', 'enough'],
  ]);
  expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
});

test('a waiter that ends the wait of another keeps that from hearing', () => {
  const controller = new AbortController();
  const heard: unknown[] = [];
  const second = waiter(heard, 'second');
  watchAbort(controller.signal, { onAborted: () => unwatchAbort(controller.signal, second) });
  watchAbort(controller.signal, second);
  controller.abort('enough');
  expect(heard).toEqual([]);
});

test('to leave what was never joined does nothing', () => {
  expect(() => unwatchAbort(new AbortController().signal, waiter([], 'nobody'))).not.toThrow();
});
