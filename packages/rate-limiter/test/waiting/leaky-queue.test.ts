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

/** Requests of one tenant that wait, and in which order they had their turns. */
function flood(queue: LeakyQueue, turns: string[], tenant: string, count: number): void {
  for (let added = 0; added < count; added += 1) {
    void queue.wait('k', { tenant }).then(({ kind }) => turns.push(`${tenant} ${kind}`));
  }
}

test('a tenant that floods the queue delays another by one turn', async () => {
  const { clock, queue } = scene();
  await queue.wait('k');
  const turns: string[] = [];
  flood(queue, turns, 'flood', 50);
  await clock.advance(1_000);
  flood(queue, turns, 'calm', 2);
  await clock.advance(400);
  const admitted = turns.slice(10);
  expect(turns.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 'flood admitted'));
  expect(admitted).toEqual(['calm', 'flood', 'calm', 'flood'].map((name) => `${name} admitted`));
});

test('a full line has a place for who has less waiting, at the cost of who has most', async () => {
  const clock = new ManualClock();
  const limiter = new RateLimiter({ policy, clock });
  const queue = new LeakyQueue({ limiter, clock, maxWaitingPerKey: 4 });
  await queue.wait('k');
  const turns: string[] = [];
  flood(queue, turns, 'flood', 5);
  await settle();
  expect(turns).toEqual(['flood limited']);
  flood(queue, turns, 'calm', 3);
  await settle();
  // Two each: the third of the calm one would have more than the other.
  expect(turns.toSorted().slice(0, 2)).toEqual(['calm limited', 'flood limited']);
  expect([turns.length, queue.waitingCount]).toEqual([4, 4]);
  await clock.advance(400);
  expect(turns.slice(4)).toEqual(
    ['flood', 'calm', 'flood', 'calm'].map((name) => `${name} admitted`),
  );
  expect([queue.waitingCount, queue.lineCount, clock.timerCount]).toEqual([0, 0, 0]);
});

test('tenants, and what each has waiting, are bounded', async () => {
  const clock = new ManualClock();
  const limiter = new RateLimiter({ policy, clock });
  const bounds = { maxWaitingPerTenant: 2, maxTenantsPerKey: 2 };
  const queue = new LeakyQueue({ limiter, clock, ...bounds });
  await queue.wait('k');
  const turns: string[] = [];
  for (const tenant of ['a', 'b', 'c']) flood(queue, turns, tenant, 3);
  await settle();
  expect(turns.toSorted()).toEqual(['a', 'b', 'c', 'c', 'c'].map((name) => `${name} limited`));
  expect(queue.waitingCount).toBe(4);
});

test('weights are parts of the turns', async () => {
  const clock = new ManualClock();
  const limiter = new RateLimiter({ policy, clock });
  const weightOf = (tenant: string): number => (tenant === 'paying' ? 3 : 1);
  const queue = new LeakyQueue({ limiter, clock, weightOf });
  await queue.wait('k');
  const turns: string[] = [];
  flood(queue, turns, 'free', 20);
  flood(queue, turns, 'paying', 20);
  await clock.advance(1_200);
  expect(turns.filter((turn) => turn.startsWith('paying'))).toHaveLength(9);
  expect(turns).toHaveLength(12);
});

test('who leaves, by signal or deadline, costs its tenant no turn', async () => {
  const { clock, queue } = scene();
  await queue.wait('k');
  const turns: string[] = [];
  const controller = new AbortController();
  const { signal } = controller;
  const aborted = queue.wait('k', { tenant: 'a', signal });
  const rejected = expect(aborted).rejects.toThrow('gone');
  flood(queue, turns, 'b', 2);
  const late = queue.wait('k', { tenant: 'b', maxWaitMs: 350 });
  void queue.wait('k', { tenant: 'a' }).then(() => turns.push('a admitted'));
  await clock.advance(50);
  controller.abort(new Error('gone'));
  await rejected;
  flood(queue, turns, 'c', 1);
  await clock.advance(300);
  expect(turns).toEqual(['a admitted', 'b admitted', 'c admitted']);
  expect(await late).toMatchObject({ kind: 'limited' });
  await clock.advance(50);
  expect(turns.slice(3)).toEqual(['b admitted']);
  expect([queue.waitingCount, clock.timerCount]).toEqual([0, 0]);
});

test('a tenant that would wait in vain is told so at once, by its part of the turns', async () => {
  const { queue } = scene();
  await queue.wait('k');
  flood(queue, [], 'flood', 50);
  await settle();
  const own = await queue.wait('k', { tenant: 'flood', maxWaitMs: 5_000 });
  expect(own).toMatchObject({ kind: 'limited', retryAfterMs: 5_100 });
  const soon = await queue.wait('k', { tenant: 'calm', maxWaitMs: 199 });
  expect(soon).toMatchObject({ kind: 'limited', retryAfterMs: 200 });
});

test('tenants and weights that are none are refused before anything changes', async () => {
  const clock = new ManualClock();
  const limiter = new RateLimiter({ policy, clock });
  for (const bad of [0, -1, 0.5, Number.NaN]) {
    expect(() => new LeakyQueue({ limiter, maxWaitingPerTenant: bad })).toThrow(RangeError);
    expect(() => new LeakyQueue({ limiter, maxTenantsPerKey: bad })).toThrow(RangeError);
  }
  for (const bad of [0, -1, 0.5, 1_001, Number.NaN, Infinity]) {
    const queue = new LeakyQueue({ limiter, clock, weightOf: () => bad });
    await expect(queue.wait('k')).rejects.toThrow(/^weightOf: expected an integer/);
  }
  const queue = new LeakyQueue({ limiter, clock });
  const tenant = 'a'.repeat(1_025);
  await expect(queue.wait('k', { tenant })).rejects.toThrow(/^tenant: expected at most/);
  expect((await queue.wait('k')).kind).toBe('admitted');
});
