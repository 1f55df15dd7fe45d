import { expect, test } from 'vitest';

import { fixedWindow, gcra } from '../../src/policy.ts';
import { RateLimiter } from '../../src/rate-limiter.ts';
import { LeakyQueue } from '../../src/waiting/leaky-queue.ts';
import { ManualClock, settle } from '../support/manual-clock.ts';

const policy = gcra({ limit: 10, windowMs: 1_000, burst: 1 });

function scene() {
  const clock = new ManualClock();
  const limiter = new RateLimiter({ policy, clock });
  return { clock, limiter, queue: new LeakyQueue({ limiter, clock }) };
}

test('spaces what comes at once', async () => {
  const { clock, queue } = scene();
  const turnsMs: number[] = [];
  for (let count = 0; count < 5; count += 1) {
    void queue.wait('k').then(() => turnsMs.push(clock.nowMs() - 1_000));
  }
  await clock.advance(1_000);
  expect(turnsMs).toEqual([0, 100, 200, 300, 400]);
  expect([queue.waitingCount, queue.lineCount, clock.timerCount]).toEqual([0, 0, 0]);
});

test('who waits is told when more important ones took the time', async () => {
  const { clock, queue } = scene();
  await queue.wait('k');
  const low = queue.wait('k', { priority: 'low', maxWaitMs: 150 });
  void queue.wait('k', { priority: 'critical' });
  void queue.wait('k', { priority: 'critical' });
  await clock.advance(150);
  expect(await low).toMatchObject({ kind: 'limited', retryAfterMs: 50 });
  expect(queue.waitingCount).toBe(1);
});

test('a turn at the last instant is a turn', async () => {
  const { clock, queue } = scene();
  await queue.wait('k');
  const last = queue.wait('k', { maxWaitMs: 100 });
  await clock.advance(100);
  expect((await last).kind).toBe('admitted');
});

test('a blocked key is told so, in line and out of it', async () => {
  const { queue, limiter } = scene();
  await queue.wait('k');
  void queue.wait('k');
  await settle();
  limiter.block('k', 5_000);
  expect(await queue.wait('k')).toMatchObject({ kind: 'limited', reason: 'blocked' });
  limiter.block('other', 5_000);
  expect(await queue.wait('other')).toMatchObject({ kind: 'limited', reason: 'blocked' });
});

test('close rejects all who wait, once, and whoever comes after', async () => {
  const { clock, queue } = scene();
  await queue.wait('k');
  const waiting = [queue.wait('k'), queue.wait('k')];
  await settle();
  queue.close();
  queue.close();
  for (const wait of [...waiting, queue.wait('k')]) {
    await expect(wait).rejects.toMatchObject({ code: 'RATE_LIMITER_CLOSED' });
  }
  expect([queue.waitingCount, clock.timerCount]).toEqual([0, 0]);
});

test('a signal that was aborted before waits not at all', async () => {
  const { queue } = scene();
  const signal = AbortSignal.abort(new Error('gone'));
  await expect(queue.wait('k', { signal })).rejects.toThrow('gone');
  expect((await queue.wait('k')).kind).toBe('admitted');
});

test('options that are none are refused', async () => {
  const { limiter, queue } = scene();
  const windows = new RateLimiter({ policy: fixedWindow({ limit: 1, windowMs: 1 }) });
  expect(() => new LeakyQueue({ limiter: windows })).toThrow(RangeError);
  for (const bad of [0, -1, 0.5, Number.NaN]) {
    expect(() => new LeakyQueue({ limiter, maxWaiting: bad })).toThrow(RangeError);
    expect(() => new LeakyQueue({ limiter, maxWaitingPerKey: bad })).toThrow(RangeError);
  }
  for (const maxWaitMs of [-1, Number.NaN, Infinity]) {
    expect(() => new LeakyQueue({ limiter, maxWaitMs })).toThrow(RangeError);
    await expect(queue.wait('k', { maxWaitMs })).rejects.toThrow(RangeError);
  }
  await expect(queue.wait('k', { cost: -1 })).rejects.toThrow(RangeError);
});
