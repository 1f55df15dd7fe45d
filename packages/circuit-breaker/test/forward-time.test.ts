import { expect, test } from 'vitest';

import { ForwardTime } from '../src/forward-time.ts';

test('follows a clock that goes forward', () => {
  const time = new ForwardTime(10);
  expect([11, 11, 12.5].map((nowMs) => time.read(nowMs))).toEqual([11, 11, 12.5]);
  expect(time.lastMs).toBe(12.5);
});

test('stands still where the clock goes back, and goes on from there', () => {
  const time = new ForwardTime(10);
  expect([11, 12, 2, 3, 4].map((nowMs) => time.read(nowMs))).toEqual([11, 12, 12, 13, 14]);
  expect([-1_000, -999, 5_000].map((nowMs) => time.read(nowMs))).toEqual([14, 15, 6_014]);
});

test('is looked at without being changed', () => {
  const time = new ForwardTime(100);
  expect(time.peek(150)).toBe(150);
  expect(time.peek(50)).toBe(100);
  expect(time.lastMs).toBe(100);
  time.read(60);
  // 60 on the clock is 100 here.
  expect(time.peek(70)).toBe(110);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
  'takes no instant of %d, and stays where it is',
  (nowMs) => {
    const time = new ForwardTime(7);
    expect(() => new ForwardTime(nowMs)).toThrow('nowMs: expected a finite number, got ');
    expect(() => time.read(nowMs)).toThrow(RangeError);
    expect(() => time.peek(nowMs)).toThrow(RangeError);
    expect(time.read(8)).toBe(8);
  },
);
