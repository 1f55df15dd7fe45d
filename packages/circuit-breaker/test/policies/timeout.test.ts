import { getEventListeners } from 'node:events';

import { describe, expect, test } from 'vitest';

import { CallTimeoutError } from '../../src/policies/errors.ts';
import { timeout } from '../../src/policies/timeout.ts';
import { deferred, errorOf, runUnder, standingOf, untilStopped } from '../support/calls.ts';
import { SteppingClock, turn } from '../support/stepping-clock.ts';

describe('a timeout', () => {
  test('passes on what the work answers in time, at once or later', async () => {
    const clock = new SteppingClock();
    const policy = timeout({ timeoutMs: 100, clock });
    expect(await runUnder(policy, () => 1)).toBe(1);
    expect(await runUnder(policy, async () => 2)).toBe(2);
    const failure = new Error('no');
    const failing = (): never => {
      throw failure;
    };
    expect(await errorOf(runUnder(policy, failing))).toBe(failure);
    expect(await errorOf(runUnder(policy, () => Promise.reject(failure)))).toBe(failure);
  });

  test('takes thenables that answer twice, or throw', async () => {
    const policy = timeout({ timeoutMs: 100, clock: new SteppingClock() });
    const twice: PromiseLike<number> = {
      then: (onValue) => {
        onValue?.(1);
        onValue?.(2);
        return Promise.resolve() as never;
      },
    };
    expect(await runUnder(policy, () => twice)).toBe(1);
    const broken: PromiseLike<number> = {
      then: () => {
        throw new Error('broken');
      },
    };
    expect(await errorOf(runUnder(policy, () => broken))).toEqual(new Error('broken'));
  });

  test('rejects at the deadline, and tells the work', async () => {
    const clock = new SteppingClock();
    let signal: AbortSignal | undefined;
    const running = runUnder(timeout({ timeoutMs: 100, clock }), (context) => {
      ({ signal } = context);
      return untilStopped(context);
    });
    await clock.pass(99);
    expect(await standingOf(running)).toEqual({ kind: 'pending' });
    await clock.pass(1);
    const error = await errorOf(running);
    expect(error).toBeInstanceOf(CallTimeoutError);
    expect(error).toMatchObject({ code: 'CALL_TIMED_OUT', definite: false, timeoutMs: 100 });
    expect(signal?.reason).toBe(error);
  });

  test('aborts nothing on success, and makes no signal that nobody reads', async () => {
    const clock = new SteppingClock();
    let signal: AbortSignal | undefined;
    await runUnder(timeout({ timeoutMs: 100, clock }), async (context) => ({ signal } = context));
    await clock.pass(1_000);
    expect(signal?.aborted).toBe(false);
  });

  test('serves any number of calls with one timer, which does not hold the process', async () => {
    const clock = new SteppingClock();
    const policy = timeout({ timeoutMs: 100, clock });
    for (let call = 0; call < 1_000; call += 1) await runUnder(policy, async () => call);
    expect([clock.setCount, clock.pendingCount, clock.holdingCount]).toEqual([1, 1, 0]);
    await clock.pass(100);
    expect(clock.pendingCount).toBe(0);
  });

  test('times each call from its own start', async () => {
    const clock = new SteppingClock();
    const policy = timeout({ timeoutMs: 100, clock });
    const early = runUnder(policy, untilStopped);
    await clock.pass(60);
    const late = runUnder(policy, untilStopped);
    await clock.pass(40);
    expect((await standingOf(early)).kind).toBe('rejected');
    await clock.pass(59);
    expect((await standingOf(late)).kind).toBe('pending');
    await clock.pass(1);
    expect((await standingOf(late)).kind).toBe('rejected');
  });

  test('counts the time of work that does not let go', async () => {
    const clock = new SteppingClock();
    const running = runUnder(timeout({ timeoutMs: 100, clock }), () => {
      clock.freeze(100);
      return new Promise(() => {});
    });
    await clock.pass(0);
    expect((await standingOf(running)).kind).toBe('rejected');
  });

  test('passes the abort of the caller on to the work', async () => {
    const controller = new AbortController();
    const policy = timeout({ timeoutMs: 100, clock: new SteppingClock() });
    const running = runUnder(policy, untilStopped, controller.signal);
    controller.abort('enough');
    expect(await standingOf(running)).toEqual({ kind: 'rejected', error: 'enough' });
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
  });

  test('that passes after the caller gave up is no timeout', async () => {
    const clock = new SteppingClock();
    const policy = timeout({ timeoutMs: 100, clock });
    const running = runUnder(policy, () => new Promise(() => {}), AbortSignal.abort('enough'));
    await clock.pass(100);
    expect(await standingOf(running)).toEqual({ kind: 'rejected', error: 'enough' });
  });
});

describe('a process that stood still', () => {
  test('reads the answers that came meanwhile before it gives up', async () => {
    const clock = new SteppingClock();
    const work = deferred<string>();
    const running = runUnder(timeout({ timeoutMs: 1_000, clock }), () => work.promise);
    clock.freeze(5_000);
    // The overdue timer runs first; what waits in the socket is read after it.
    await clock.pass(0);
    expect(await standingOf(running)).toEqual({ kind: 'pending' });
    work.resolve('in time');
    expect(await standingOf(running)).toEqual({ kind: 'resolved', value: 'in time' });
  });

  test('waits no longer than that, once', async () => {
    const clock = new SteppingClock();
    const policy = timeout({ timeoutMs: 1_000, stallMs: 50, clock });
    const running = runUnder(policy, untilStopped);
    clock.freeze(5_000);
    await clock.pass(49);
    expect((await standingOf(running)).kind).toBe('pending');
    clock.freeze(5_000);
    await clock.pass(0);
    expect((await standingOf(running)).kind).toBe('rejected');
  });

  test('is not what a timer that is a little late shows', async () => {
    const clock = new SteppingClock();
    const running = runUnder(timeout({ timeoutMs: 1_000, clock }), untilStopped);
    clock.freeze(1_099);
    await clock.pass(0);
    expect((await standingOf(running)).kind).toBe('rejected');
    await turn();
  });
});

test.each<[object, string]>([
  [{}, 'timeoutMs: expected a number in 5e-324..2147483647, got undefined'],
  [{ timeoutMs: 0 }, 'timeoutMs: expected a number in 5e-324..2147483647, got 0'],
  [{ timeoutMs: NaN }, 'timeoutMs: expected a number in 5e-324..2147483647, got NaN'],
  [{ timeoutMs: 2 ** 31 }, 'timeoutMs: expected a number in 5e-324..2147483647, got 2147483648'],
  [{ timeoutMs: 1, stallMs: 0 }, 'stallMs: expected a number in 5e-324..2147483647, got 0'],
])('refuses %o', (options, message) => {
  const make: unknown = Reflect.apply.bind(undefined, timeout, undefined, [options]);
  expect(make).toThrow(new RangeError(message));
});
