import { expect, test } from 'vitest';

import { endOfTimeUs, Scheduler, type SimulatedEvent } from '../src/scheduler.ts';

const event = (): SimulatedEvent => ({ fire: () => false });

test('time moves to the next event, or to where it was asked', () => {
  const scheduler = new Scheduler();
  const [first, second] = [event(), event()];
  scheduler.plan(10, first);
  scheduler.plan(20, second);
  expect(scheduler.advance(5)).toBeUndefined();
  expect(scheduler.nowUs).toBe(5);
  expect(scheduler.advance(15)).toBe(first);
  expect(scheduler.nowUs).toBe(10);
  expect(scheduler.advance(15)).toBeUndefined();
  expect([scheduler.nowUs, scheduler.size]).toEqual([15, 1]);
  expect(scheduler.advance(Infinity)).toBe(second);
});

test('a cancelled event does not happen, and cannot be cancelled twice', () => {
  const scheduler = new Scheduler();
  const only = event();
  const slot = scheduler.plan(10, only);
  expect(scheduler.cancel(slot, only)).toBe(true);
  expect(scheduler.cancel(slot, only)).toBe(false);
  expect(scheduler.advance(100)).toBeUndefined();
});

test('the past is closed, and the end of time is finite', () => {
  const scheduler = new Scheduler();
  scheduler.advance(10);
  expect(() => scheduler.plan(9, event())).toThrow('nothing is planned for the past');
  expect(() => scheduler.plan(NaN, event())).toThrow('nothing is planned for the past');
  scheduler.plan(Infinity, event());
  expect(scheduler.advance(endOfTimeUs - 1)).toBeUndefined();
  expect(scheduler.advance(endOfTimeUs)).toBeDefined();
});

test('waiting for ever takes no time once nothing is left to happen', () => {
  const scheduler = new Scheduler();
  scheduler.plan(10, event());
  scheduler.advance(Infinity);
  expect(scheduler.advance(Infinity)).toBeUndefined();
  expect(scheduler.nowUs).toBe(10);
});
