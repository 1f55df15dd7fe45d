import { expect, test } from 'vitest';

import { HalfOpenTimer } from '../src/half-open-timer.ts';
import { ManualClock } from './support/manual-clock.ts';

test('there is one timer at most, which the last call set, and it holds no process open', () => {
  const clock = new ManualClock();
  const due: number[] = [];
  const timer = new HalfOpenTimer(clock, () => due.push(clock.nowMs()));
  timer.set(100);
  timer.set(50);
  expect([clock.timerCount, clock.holdingCount]).toEqual([1, 0]);
  clock.advance(200);
  expect(due).toEqual([50]);
});

test('without a wait there is none', () => {
  const clock = new ManualClock();
  const timer = new HalfOpenTimer(clock, () => undefined);
  timer.set(undefined);
  timer.set(100);
  timer.set(undefined);
  expect(clock.timerCount).toBe(0);
});
