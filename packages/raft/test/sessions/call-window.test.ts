import { expect, test } from 'vitest';

import { CallWindow } from '../../src/sessions/call-window.ts';

test('numbers calls from 1 on, as many as are not settled', () => {
  const window = new CallWindow(2);
  expect([window.issue(), window.issue()]).toEqual([1, 2]);
  expect(window.isFull).toBe(true);
  expect(() => window.issue()).toThrow('a call is numbered when there is room for it');
  window.settle(1);
  expect(window.issue()).toBe(3);
});

test('is measured from the oldest call, whose wait holds the later responses back', () => {
  const window = new CallWindow(3);
  window.issue();
  window.issue();
  window.issue();
  window.settle(2);
  window.settle(3);
  expect(window.acknowledgedThrough).toBe(0);
  expect(window.isFull).toBe(true);
  window.settle(1);
  expect(window.acknowledgedThrough).toBe(3);
  expect(window.isFull).toBe(false);
});
