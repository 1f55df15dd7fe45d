/**
 * A queue is made for each key and kept for ever.
 *
 * Protection: a line is there only while somebody is in it.
 */
import { expect, test } from 'vitest';

import { gcra, LeakyQueue, RateLimiter } from '../../src/index.ts';
import { ManualClock, settle } from '../support/manual-clock.ts';

test('ten thousand keys leave no line behind', async () => {
  const clock = new ManualClock();
  const policy = gcra({ limit: 10, windowMs: 1_000, burst: 1 });
  const limiter = new RateLimiter({ policy, clock });
  const queue = new LeakyQueue({ limiter, clock, maxWaiting: 20_000 });
  for (let key = 0; key < 10_000; key += 1) {
    void queue.wait(`key ${key}`);
    void queue.wait(`key ${key}`);
  }
  await settle();
  expect(queue.lineCount).toBe(10_000);
  await clock.advance(100);
  expect(queue.lineCount).toBe(0);
  expect(queue.waitingCount).toBe(0);
});
