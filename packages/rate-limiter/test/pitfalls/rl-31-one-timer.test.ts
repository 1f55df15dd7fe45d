/**
 * Each waiter has a timer, which holds the process; a timer that fires early lets two through; a
 * wait of 0 or less spins.
 *
 * Protection: one timer for all, without hold on the process; a turn is taken from the limiter, not
 * from the timer.
 */
import { expect, test } from 'vitest';

import { gcra, LeakyQueue, RateLimiter } from '../../src/index.ts';
import { ManualClock, settle } from '../support/manual-clock.ts';

const policy = gcra({ limit: 10, windowMs: 1_000, burst: 1 });

/** Fires its timers a millisecond early, as engines do. */
class HastyClock extends ManualClock {
  override setTimer(delayMs: number, callback: () => void) {
    return super.setTimer(Math.max(0.25, delayMs - 1), callback);
  }
}

test('a thousand waiters of many keys share one timer', async () => {
  const clock = new ManualClock();
  const queue = new LeakyQueue({ limiter: new RateLimiter({ policy, clock }), clock });
  for (let key = 0; key < 100; key += 1) {
    for (let count = 0; count < 10; count += 1) void queue.wait(`key ${key}`);
  }
  await settle();
  expect(queue.waitingCount).toBe(900);
  expect(clock.timerCount).toBe(1);
  await clock.advance(1_000);
  expect(queue.waitingCount).toBe(0);
  expect(clock.timerCount).toBe(0);
});

test('a timer that fires early lets nobody through early', async () => {
  const clock = new HastyClock();
  const queue = new LeakyQueue({ limiter: new RateLimiter({ policy, clock }), clock });
  const turnsMs: number[] = [];
  for (let count = 0; count < 5; count += 1) {
    void queue.wait('k').then(() => turnsMs.push(clock.nowMs() - 1_000));
  }
  for (let count = 0; count < 500; count += 1) await clock.advance(1);
  expect(turnsMs).toEqual([0, 100, 200, 300, 400]);
});
