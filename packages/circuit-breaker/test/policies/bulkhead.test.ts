import { getEventListeners } from 'node:events';

import { describe, expect, test } from 'vitest';

import { bulkhead } from '../../src/policies/bulkhead.ts';
import { deferred, errorOf, runUnder, standingOf } from '../support/calls.ts';
import { SteppingClock, turn } from '../support/stepping-clock.ts';

const clock = new SteppingClock();

describe('a bulkhead', () => {
  test('lets so many run, and refuses the next at once', async () => {
    const policy = bulkhead({ maxConcurrent: 2, clock });
    const works = [deferred<number>(), deferred<number>()];
    const running = works.map((work) => runUnder(policy, () => work.promise));
    expect([policy.running, policy.utilization]).toEqual([2, 1]);
    let isStarted = false;
    const refused = await errorOf(runUnder(policy, () => (isStarted = true)));
    expect(refused).toMatchObject({ code: 'CALL_REFUSED', reason: 'bulkheadFull', definite: true });
    expect(isStarted).toBe(false);
    works.forEach((work, index) => work.resolve(index));
    expect(await Promise.all(running)).toEqual([0, 1]);
    expect(policy.running).toBe(0);
  });

  test('gives a place back however the work ends', async () => {
    const policy = bulkhead({ maxConcurrent: 1, clock });
    const throwing = (): never => {
      throw new Error('at once');
    };
    await errorOf(runUnder(policy, throwing));
    await errorOf(runUnder(policy, () => Promise.reject(new Error('later'))));
    expect(await runUnder(policy, () => 'next')).toBe('next');
  });

  test('lets the queue in, first come, first served', async () => {
    const policy = bulkhead({ maxConcurrent: 1, maxQueue: 2, clock });
    const works = [deferred<unknown>(), deferred<unknown>(), deferred<unknown>()];
    const started: number[] = [];
    const running = works.map((work, index) =>
      runUnder(policy, () => {
        started.push(index);
        return work.promise;
      }),
    );
    expect([policy.running, policy.queued, policy.utilization]).toEqual([1, 2, 3]);
    expect(await errorOf(runUnder(policy, () => 1))).toMatchObject({ reason: 'bulkheadFull' });
    works[0]!.resolve(undefined);
    await turn();
    expect(started).toEqual([0, 1]);
    works[1]!.resolve(undefined);
    works[2]!.resolve(undefined);
    await Promise.all(running);
    expect(started).toEqual([0, 1, 2]);
    expect([policy.running, policy.queued]).toEqual([0, 0]);
  });

  test('never lets a newcomer overtake', async () => {
    const policy = bulkhead({ maxConcurrent: 1, maxQueue: 5, clock });
    const order: string[] = [];
    const first = deferred<unknown>();
    const running = runUnder(policy, () => first.promise);
    const waiting = runUnder(policy, () => order.push('waiting'));
    first.resolve(undefined);
    // The place is handed on in the turn in which it becomes free.
    await running;
    await Promise.all([runUnder(policy, () => order.push('newcomer')), waiting]);
    expect(order).toEqual(['waiting', 'newcomer']);
  });

  test('refuses who has waited for too long', async () => {
    const stepping = new SteppingClock();
    const options = { maxConcurrent: 1, maxQueue: 5, maxWaitMs: 50, clock: stepping };
    const policy = bulkhead(options);
    void runUnder(policy, () => new Promise(() => {}));
    const waiting = errorOf(runUnder(policy, () => 1));
    expect([stepping.pendingCount, stepping.holdingCount]).toEqual([1, 0]);
    await stepping.pass(50);
    expect(await waiting).toMatchObject({ code: 'CALL_REFUSED', reason: 'queueDeadline' });
    expect(policy.queued).toBe(0);
  });

  test('frees the place in the queue of a caller who gives up', async () => {
    const policy = bulkhead({ maxConcurrent: 1, maxQueue: 1, clock });
    const first = deferred<unknown>();
    const running = runUnder(policy, () => first.promise);
    const controller = new AbortController();
    const waiting = runUnder(policy, () => 1, controller.signal);
    controller.abort('enough');
    expect(await standingOf(waiting)).toEqual({ kind: 'rejected', error: 'enough' });
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
    const next = runUnder(policy, () => 'next');
    first.resolve(undefined);
    expect(await next).toBe('next');
    await running;
  });

  test('passes on a place whose new owner gave up in the same turn', async () => {
    const policy = bulkhead({ maxConcurrent: 1, maxQueue: 2, clock });
    const first = deferred<unknown>();
    const running = runUnder(policy, () => first.promise);
    const controller = new AbortController();
    const started: string[] = [];
    const gone = runUnder(policy, () => started.push('gone'), controller.signal);
    const next = runUnder(policy, () => 'next');
    first.resolve(undefined);
    // In the turn in which the place is granted, before its owner goes on.
    void running.then(() => controller.abort('enough'));
    expect(await next).toBe('next');
    const [outcome] = await Promise.allSettled([gone]);
    expect(outcome.status).toBe(started.length > 0 ? 'fulfilled' : 'rejected');
    expect(policy.running).toBe(0);
  });

  test('does not queue a caller who has given up already', async () => {
    const policy = bulkhead({ maxConcurrent: 1, maxQueue: 1, clock });
    void runUnder(policy, () => new Promise(() => {}));
    const signal = AbortSignal.abort('enough');
    expect(await errorOf(runUnder(policy, () => 1, signal))).toBe('enough');
    expect(policy.queued).toBe(0);
  });
});

test('a refusal is an error without a stack', async () => {
  const policy = bulkhead({ maxConcurrent: 1, clock });
  void runUnder(policy, () => new Promise(() => {}));
  const refused = await errorOf(runUnder(policy, () => 1));
  expect(refused).toBeInstanceOf(Error);
  const text = 'CallRefusedError: 1 calls run and 0 wait, the most that may';
  expect([String(refused), refused instanceof Error && refused.stack]).toEqual([text, text]);
});

test.each<[object, string]>([
  [{}, 'maxConcurrent: expected an integer in 1..1000000, got undefined'],
  [{ maxConcurrent: 0 }, 'maxConcurrent: expected an integer in 1..1000000, got 0'],
  [{ maxConcurrent: NaN }, 'maxConcurrent: expected an integer in 1..1000000, got NaN'],
  [{ maxConcurrent: 1, maxQueue: -1 }, 'maxQueue: expected an integer in 0..1000000, got -1'],
  [{ maxConcurrent: 1, maxQueue: Infinity }, 'maxQueue: expected an integer in 0..1000000'],
  [{ maxConcurrent: 1, maxWaitMs: 0 }, 'maxWaitMs: expected a number in 5e-324..2147483647, got 0'],
])('refuses %o', (options, message) => {
  const make: unknown = Reflect.apply.bind(undefined, bulkhead, undefined, [options]);
  expect(make).toThrow(message);
});
