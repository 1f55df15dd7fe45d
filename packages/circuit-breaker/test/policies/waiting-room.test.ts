import { expect, test } from 'vitest';

import { type QueueOptions, WaitingRoom } from '../../src/policies/waiting-room.ts';
import { errorOf, standingOf } from '../support/calls.ts';
import { ManualClock } from '../support/manual-clock.ts';

const never = new AbortController().signal;
const late = new Error('late');

function roomOf(clock: ManualClock, options: QueueOptions = {}): WaitingRoom<string> {
  return new WaitingRoom(options, { clock, name: '', expired: () => late });
}

test('the first who waits is the first to be let in or refused', async () => {
  const room = roomOf(new ManualClock(), { maxQueue: 2 });
  const [first, second] = [room.wait(never), errorOf(room.wait(never))];
  expect([room.size, room.isFull]).toEqual([2, true]);
  room.grant('a permit');
  expect(await first).toBe('a permit');
  const error = new Error('closed');
  room.refuse(error);
  expect(await second).toBe(error);
  expect([room.size, room.isFull]).toEqual([0, false]);
});

test('whoever gives up leaves at once, and the others move up', async () => {
  const room = roomOf(new ManualClock(), { maxQueue: 2 });
  const { signal, abort } = withAbort();
  const [gone, next] = [errorOf(room.wait(signal)), room.wait(never)];
  abort('enough');
  expect(await gone).toBe('enough');
  room.grant('a permit');
  expect(await standingOf(next)).toEqual({ kind: 'resolved', value: 'a permit' });
  expect(await errorOf(room.wait(signal))).toBe('enough');
});

test('whoever waits for too long is refused, by one timer that holds no process open', async () => {
  const clock = new ManualClock();
  const room = roomOf(clock, { maxQueue: 9, maxWaitMs: 100 });
  const waits = [1, 2, 3].map(() => errorOf(room.wait(never)));
  expect([clock.timerCount, clock.holdingCount]).toEqual([1, 0]);
  clock.advance(100);
  expect(await Promise.all(waits)).toEqual([late, late, late]);
  expect(room.size).toBe(0);
});

test('a room that rests leaves no timer behind, unless somebody waits', async () => {
  const clock = new ManualClock();
  const room = roomOf(clock, { maxQueue: 1 });
  const wait = room.wait(never);
  room.rest();
  expect(clock.timerCount).toBe(1);
  room.grant('a permit');
  await wait;
  room.rest();
  expect(clock.timerCount).toBe(0);
});

test('nobody may wait unless told so, and granting to nobody does nothing', () => {
  const room = roomOf(new ManualClock());
  expect(room.isFull).toBe(true);
  room.grant('a permit');
  room.refuse(late);
  expect(room.size).toBe(0);
});

test('options are called as the user calls them', () => {
  const parts = { clock: new ManualClock(), expired: () => late };
  const bad = { maxQueue: -1 };
  expect(() => new WaitingRoom(bad, { ...parts, name: '' })).toThrow(/^maxQueue: expected/);
  expect(() => new WaitingRoom(bad, { ...parts, name: 'halfOpenQueue' })).toThrow(
    /^halfOpenQueue\.maxQueue: expected/,
  );
});

function withAbort(): { readonly signal: AbortSignal; abort(reason: string): void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: (reason) => controller.abort(reason) };
}
