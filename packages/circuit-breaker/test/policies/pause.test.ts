import { getEventListeners } from 'node:events';

import { expect, test } from 'vitest';

import { pause } from '../../src/policies/pause.ts';
import { standingOf } from '../support/calls.ts';
import { SteppingClock } from '../support/stepping-clock.ts';

test('resolves after its time, and leaves nothing behind', async () => {
  const clock = new SteppingClock();
  const { signal } = new AbortController();
  const paused = pause(clock, 100, signal);
  await clock.pass(99);
  expect(await standingOf(paused)).toEqual({ kind: 'pending' });
  await clock.pass(1);
  expect(await standingOf(paused)).toEqual({ kind: 'resolved', value: undefined });
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
});

test('rejects as soon as it is aborted, and cancels its timer', async () => {
  const clock = new SteppingClock();
  const controller = new AbortController();
  const paused = pause(clock, 100, controller.signal);
  controller.abort('enough');
  expect(await standingOf(paused)).toEqual({ kind: 'rejected', error: 'enough' });
  expect(clock.pendingCount).toBe(0);
});

test('sets no timer when it is aborted already', async () => {
  const clock = new SteppingClock();
  const paused = pause(clock, 100, AbortSignal.abort('enough'));
  expect(await standingOf(paused)).toEqual({ kind: 'rejected', error: 'enough' });
  expect(clock.setCount).toBe(0);
});

test('holds the process open: work is to follow', () => {
  const clock = new SteppingClock();
  void pause(clock, 100, new AbortController().signal);
  expect(clock.holdingCount).toBe(1);
});
