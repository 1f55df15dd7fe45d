/**
 * Goal: time that is read seldom never runs ahead, and admits no more by any instant than time that
 * is read each time. Method: a clock that the test moves.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { coarseClock, gcra, RateLimiter } from '../src/index.ts';
import { ManualClock } from './support/manual-clock.ts';

/** A clock that counts how often it is read, and whose timers the test runs. */
function watchedClock() {
  const callbacks: (() => void)[] = [];
  const watched = {
    time: 0,
    readCount: 0,
    unrefCount: 0,
    nowMs: () => {
      watched.readCount += 1;
      return watched.time;
    },
    wallTimeMs: () => 1_700_000_000_000 + watched.time,
    setTimer: (_delayMs: number, callback: () => void) => {
      callbacks.push(callback);
      return { cancel: () => undefined, unref: () => void (watched.unrefCount += 1) };
    },
    timerCount: () => callbacks.length,
    turn: () => callbacks.splice(0).forEach((callback) => callback()),
  };
  return watched;
}

describe('a coarse clock', () => {
  test('stands still until timers run, and is read once until then', () => {
    const watched = watchedClock();
    const coarse = coarseClock(watched);
    watched.time = 5;
    expect(coarse.nowMs()).toBe(5);
    watched.time = 9;
    expect(coarse.nowMs()).toBe(5);
    expect(watched.readCount).toBe(1);
    watched.turn();
    expect(coarse.nowMs()).toBe(9);
    expect(watched.readCount).toBe(2);
  });

  test('has one timer at most, which holds no process open, and none while nobody asks', () => {
    const watched = watchedClock();
    const coarse = coarseClock(watched);
    expect(watched.timerCount()).toBe(0);
    coarse.nowMs();
    coarse.nowMs();
    expect([watched.timerCount(), watched.unrefCount]).toEqual([1, 1]);
    watched.turn();
    expect(watched.timerCount()).toBe(0);
  });

  test('tells the wall time as it is', () => {
    const watched = watchedClock();
    const coarse = coarseClock(watched);
    coarse.nowMs();
    watched.time = 7;
    expect(coarse.wallTimeMs()).toBe(1_700_000_000_007);
  });

  test('works over a clock whose timers cannot be let go', async () => {
    const clock = new ManualClock(10);
    const coarse = coarseClock(clock);
    expect(coarse.nowMs()).toBe(10);
    await clock.advance(3);
    expect(coarse.nowMs()).toBe(13);
  });

  test('reads the clock again after one reading or timer has failed', () => {
    const watched = watchedClock();
    let isBroken = true;
    const coarse = coarseClock({
      ...watched,
      setTimer: (delayMs, callback) => {
        if (isBroken) throw new Error('no timers');
        return watched.setTimer(delayMs, callback);
      },
    });
    expect(() => coarse.nowMs()).toThrow('no timers');
    isBroken = false;
    watched.time = 4;
    expect(coarse.nowMs()).toBe(4);
  });
});

test('by any instant no more is admitted than with a clock that is read each time', () => {
  const step = fc.record({ passMs: fc.nat(400), isTurn: fc.boolean(), cost: fc.nat(3) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const watched = watchedClock();
      const policy = gcra({ limit: 10, windowMs: 1_000, burst: 3 });
      const late = new RateLimiter({ policy, clock: coarseClock(watched) });
      let admitted = 0;
      for (const { passMs, isTurn, cost } of steps) {
        watched.time += passMs;
        if (isTurn) watched.turn();
        if (late.take('k', { cost }).kind === 'admitted') admitted += cost;
        expect(admitted).toBeLessThanOrEqual(3 + watched.time / 100);
      }
    }),
  );
});
