import { describe, expect, test } from 'vitest';

import { retry, type RetryEvent, type RetryOptions } from '../../src/policies/retry.ts';
import type { CallContext } from '../../src/policy.ts';
import { RetryBudget } from '../../src/retry-budget.ts';
import { constantRandom, errorOf, runUnder, standingOf } from '../support/calls.ts';
import { SteppingClock } from '../support/stepping-clock.ts';

/** Work that fails `times` times, and then answers with its attempt. */
function failing(times: number, error: unknown = new Error('not now')) {
  let left = times;
  return async ({ attempt }: CallContext): Promise<number> => {
    if (left === 0) return attempt;
    left -= 1;
    throw error;
  };
}

/** Waits of exactly 100 ms, 200 ms, 400 ms and so on. */
function bare(clock: SteppingClock, options: RetryOptions = {}): ReturnType<typeof retry> {
  return retry({ jitter: 'none', clock, ...options });
}

describe('a retry', () => {
  test('leaves a call that succeeds alone', async () => {
    const clock = new SteppingClock();
    expect(await runUnder(retry({ clock }), ({ attempt }) => attempt)).toBe(1);
    expect([clock.setCount, clock.readCount]).toEqual([0, 0]);
  });

  test('tries again after its wait, and says which try it is', async () => {
    const clock = new SteppingClock();
    const running = runUnder(bare(clock), failing(2));
    await clock.pass(299);
    expect(await standingOf(running)).toEqual({ kind: 'pending' });
    await clock.pass(1);
    expect(await standingOf(running)).toEqual({ kind: 'resolved', value: 3 });
  });

  test('ends with the error of the last try', async () => {
    const clock = new SteppingClock();
    let count = 0;
    const running = runUnder(bare(clock), () => {
      count += 1;
      throw new Error(`failure ${count}`);
    });
    await clock.pass(10_000);
    expect(await errorOf(running)).toEqual(new Error('failure 3'));
  });

  test('with one attempt is none', async () => {
    const clock = new SteppingClock();
    await errorOf(runUnder(bare(clock, { maxAttempts: 1 }), failing(1)));
    expect(clock.setCount).toBe(0);
  });

  test('draws its waits', async () => {
    const clock = new SteppingClock();
    const policy = retry({ clock, random: constantRandom(0.25), baseMs: 100 });
    const running = runUnder(policy, failing(2));
    await clock.pass(25 + 50);
    expect(await standingOf(running)).toEqual({ kind: 'resolved', value: 3 });
  });

  test('asks whether another try may go better', async () => {
    const clock = new SteppingClock();
    const fatal = new Error('never');
    const policy = bare(clock, { isRetryable: (error) => error !== fatal });
    expect(await errorOf(runUnder(policy, failing(9, fatal)))).toBe(fatal);
  });

  test.each(['CALL_REFUSED', 'CIRCUIT_BREAKER_DISPOSED'])(
    'does not retry what this process refused: %s',
    async (code) => {
      const clock = new SteppingClock();
      const refusal = Object.assign(new Error('refused'), { code });
      expect(await errorOf(runUnder(bare(clock), failing(1, refusal)))).toBe(refusal);
    },
  );

  test('tells of each retry before its wait', async () => {
    const clock = new SteppingClock();
    const events: RetryEvent[] = [];
    const error = new Error('not now');
    const policy = bare(clock, { onRetry: (event) => events.push(event) });
    const running = runUnder(policy, failing(2, error));
    await clock.pass(300);
    await running;
    expect(events).toEqual([
      { nextTry: 2, waitMs: 100, error },
      { nextTry: 3, waitMs: 200, error },
    ]);
  });

  test('keeps the outcome when its listener or its questions throw', async () => {
    const clock = new SteppingClock();
    const throwing = (): never => {
      throw new Error('of the listener');
    };
    const told = runUnder(bare(clock, { onRetry: throwing }), failing(1));
    const asked = runUnder(bare(clock, { retryAfterMs: throwing }), failing(1));
    await clock.pass(100);
    expect(await Promise.all([told, asked])).toEqual([2, 2]);
    const error = new Error('not now');
    const judged = runUnder(bare(clock, { isRetryable: throwing }), failing(1, error));
    expect(await errorOf(judged)).toBe(error);
  });
});

describe('a service that asks to be left alone', () => {
  test('is left alone for so long', async () => {
    const clock = new SteppingClock();
    const busy = Object.assign(new Error('busy'), { retryAfterMs: 5_000 });
    const running = runUnder(bare(clock), failing(1, busy));
    await clock.pass(4_999);
    expect(await standingOf(running)).toEqual({ kind: 'pending' });
    await clock.pass(1);
    expect(await running).toBe(2);
  });

  test('never shortens the wait', async () => {
    const clock = new SteppingClock();
    const busy = Object.assign(new Error('busy'), { retryAfterMs: 1 });
    const running = runUnder(bare(clock), failing(1, busy));
    await clock.pass(99);
    expect(await standingOf(running)).toEqual({ kind: 'pending' });
    await clock.pass(1);
    expect(await running).toBe(2);
  });

  test.each([20_001, Infinity])('ends the series if it asks for too much: %d ms', async (ms) => {
    const clock = new SteppingClock();
    const busy = Object.assign(new Error('busy'), { retryAfterMs: ms });
    expect(await errorOf(runUnder(bare(clock), failing(1, busy)))).toBe(busy);
    expect(clock.setCount).toBe(0);
  });

  test('is understood in another way if told how', async () => {
    const clock = new SteppingClock();
    const policy = bare(clock, { retryAfterMs: () => 3_000 });
    const running = runUnder(policy, failing(1));
    await clock.pass(3_000);
    expect(await running).toBe(2);
  });

  test.each([NaN, -5])('that asks for %d ms is as one that does not ask', async (ms) => {
    const clock = new SteppingClock();
    const running = runUnder(bare(clock, { retryAfterMs: () => ms }), failing(1));
    await clock.pass(100);
    expect(await running).toBe(2);
  });

  test('meets callers spread over one base wait', async () => {
    const clock = new SteppingClock();
    const busy = Object.assign(new Error('busy'), { retryAfterMs: 1_000 });
    const policy = retry({ clock, baseMs: 100, random: constantRandom(0.5) });
    const running = runUnder(policy, failing(1, busy));
    await clock.pass(1_049);
    expect(await standingOf(running)).toEqual({ kind: 'pending' });
    await clock.pass(1);
    expect(await running).toBe(2);
  });
});

describe('a budget', () => {
  test('lets retries out as long as there are tokens', async () => {
    const clock = new SteppingClock();
    const budget = new RetryBudget({ burst: 1, perSecond: 0 });
    const policy = bare(clock, { budget });
    const error = new Error('not now');
    const running = runUnder(policy, failing(9, error));
    await clock.pass(100);
    expect(await errorOf(running)).toBe(error);
    expect(clock.setCount).toBe(1);
  });

  test('is paid into by each call', async () => {
    const budget = new RetryBudget({ initial: 0, ratio: 0.5 });
    const policy = retry({ budget });
    await runUnder(policy, () => 1);
    await runUnder(policy, () => 1);
    expect(budget.balance).toBe(1);
  });
});

test.each<[object, string]>([
  [{ maxAttempts: 0 }, 'maxAttempts: expected an integer in 1..1000, got 0'],
  [{ maxAttempts: 1.5 }, 'maxAttempts: expected an integer in 1..1000, got 1.5'],
  [{ maxAttempts: Infinity }, 'maxAttempts: expected an integer in 1..1000, got Infinity'],
  [{ maxAttempts: '3' }, 'maxAttempts: expected an integer in 1..1000, got "3"'],
  [{ baseMs: -1 }, 'baseMs: expected a number in 0..2147483647, got -1'],
  [{ retryAfterMsMax: NaN }, 'retryAfterMsMax: expected a number in 0..2147483647, got NaN'],
  [{ isRetryable: true }, 'isRetryable: expected a function, got true'],
  [{ retryAfterMs: 5 }, 'retryAfterMs: expected a function, got 5'],
  [{ onRetry: 'log' }, 'onRetry: expected a function, got "log"'],
])('refuses %o', (options, message) => {
  expect(() => retry(options)).toThrow(message);
});
