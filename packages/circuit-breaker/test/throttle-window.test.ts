import { expect, test } from 'vitest';

import { ThrottleWindow } from '../src/throttle-window.ts';

test('a late accept counts with its request, and not at all once that is forgotten', () => {
  const window = new ThrottleWindow(2_400);
  window.advance(0);
  const slice = window.request();
  window.advance(2_300);
  window.accept(slice);
  expect(window.acceptCount).toBe(1);
  window.advance(2_400);
  expect([window.requestCount, window.acceptCount]).toEqual([0, 0]);
  window.accept(slice);
  expect(window.acceptCount).toBe(0);
});

test('a silence of any length leaves nothing behind', () => {
  const window = new ThrottleWindow(2_400);
  window.advance(50);
  for (let call = 0; call < 40; call += 1) window.accept(window.request());
  window.advance(3_600_000);
  expect([window.requestCount, window.acceptCount]).toEqual([0, 0]);
});

test('an epoch that lies ahead is a time like any other', () => {
  const window = new ThrottleWindow(2_400);
  window.advance(-10_000);
  window.accept(window.request());
  window.advance(-9_950);
  expect([window.requestCount, window.acceptCount]).toEqual([1, 1]);
});
