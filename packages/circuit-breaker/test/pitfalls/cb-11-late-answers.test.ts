/*
 * What goes wrong elsewhere: a call times out and is counted as a failure; its work answers a
 * little later and is counted again, as a success; or it fails later, and nobody is left to catch
 * that, so that the process ends with an unhandled rejection.
 *
 * The protection: a timeout listens to its work to the end, and passes on what came first, alone.
 */
import { describe, expect, test } from 'vitest';

import { CircuitBreaker } from '../../src/circuit-breaker.ts';
import { pipeline } from '../../src/policies/pipeline.ts';
import { timeout } from '../../src/policies/timeout.ts';
import { countWindow } from '../../src/trip-policy.ts';
import { deferred, errorOf } from '../support/calls.ts';
import { SteppingClock, turn } from '../support/stepping-clock.ts';

describe.each([
  ['outside the timeout', false],
  ['inside the timeout', true],
])('a circuit breaker %s', (_where, isInside) => {
  test.each(['succeeds', 'fails'])('counts one failure when the work %s late', async (how) => {
    const clock = new SteppingClock();
    const breaker = new CircuitBreaker({
      trip: countWindow({ size: 10, minimumCalls: 10 }),
      clock,
    });
    const bound = timeout({ timeoutMs: 100, clock });
    const client = isInside ? pipeline(bound, breaker) : pipeline(breaker, bound);
    const work = deferred<string>();
    const error = errorOf(client.run(() => work.promise));
    await clock.pass(100);
    expect(await error).toMatchObject({ code: 'CALL_TIMED_OUT' });
    if (how === 'succeeds') work.resolve('late');
    else work.reject(new Error('late'));
    await turn();
    expect(breaker.state).toBe('closed');
    expect(breaker.status().counts).toMatchObject(expected(isInside, how));
  });
});

test('a late failure is nobody’s rejection', async () => {
  const clock = new SteppingClock();
  const unhandled: unknown[] = [];
  const listener = (error: unknown): void => void unhandled.push(error);
  process.on('unhandledRejection', listener);
  try {
    const work = deferred<string>();
    const error = errorOf(pipeline(timeout({ timeoutMs: 100, clock })).run(() => work.promise));
    await clock.pass(100);
    await error;
    work.reject(new Error('late'));
    await turn();
    await turn();
    expect(unhandled).toEqual([]);
  } finally {
    process.off('unhandledRejection', listener);
  }
});

/**
 * What the breaker has counted. One inside the timeout hears the work itself: a success that was
 * too late for the caller is the truth about the service all the same, and counts once.
 */
function expected(isInside: boolean, how: string): { total: number; failed: number } {
  return { total: 1, failed: isInside && how === 'succeeds' ? 0 : 1 };
}
