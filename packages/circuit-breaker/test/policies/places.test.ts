import { describe, expect, test } from 'vitest';

import { Places } from '../../src/policies/places.ts';
import { errorOf, standingOf } from '../support/calls.ts';
import { SteppingClock } from '../support/stepping-clock.ts';

const never = new AbortController().signal;

describe('places', () => {
  test('that were granted to a caller who gave up in the same turn go to the next', async () => {
    const places = new Places(new SteppingClock(), { maxQueue: 2 }, () => 1);
    expect(places.tryTake()).toBe(true);
    const controller = new AbortController();
    const gone = errorOf(places.wait(controller.signal));
    const next = places.wait(never);
    places.release();
    controller.abort('enough');
    expect(await gone).toBe('enough');
    expect(await standingOf(next)).toEqual({ kind: 'resolved', value: undefined });
    expect([places.taken, places.queued]).toEqual([1, 0]);
  });

  test('are handed on when there have become more', async () => {
    let capacity = 1;
    const places = new Places(new SteppingClock(), { maxQueue: 5 }, () => capacity);
    places.tryTake();
    const waiting = [1, 2, 3].map(() => places.wait(never));
    capacity = 3;
    expect(places.tryTake()).toBe(false);
    places.handOn();
    await Promise.all(waiting.slice(0, 2));
    expect([places.taken, places.queued]).toEqual([3, 1]);
  });

  test('are not given out while more are taken than there are now', () => {
    let capacity = 2;
    const places = new Places(new SteppingClock(), {}, () => capacity);
    expect([places.tryTake(), places.tryTake()]).toEqual([true, true]);
    capacity = 1;
    places.release();
    expect(places.tryTake()).toBe(false);
    places.release();
    expect(places.tryTake()).toBe(true);
  });

  test('leave no timer behind when the queue is empty', async () => {
    const clock = new SteppingClock();
    const places = new Places(clock, { maxQueue: 1, maxWaitMs: 50 }, () => 1);
    places.tryTake();
    const waiting = places.wait(never);
    places.release();
    await waiting;
    await clock.pass(50);
    expect(clock.pendingCount).toBe(0);
  });
});
