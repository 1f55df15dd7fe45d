/*
 * What goes wrong elsewhere: in the natural order, retry outside and breaker inside, an open
 * circuit refuses three times within milliseconds, the retry has used up its attempts, and the
 * caller fails although the circuit would have admitted it a moment later.
 *
 * The protection: a refusal is no attempt. The retry waits until the circuit may admit the call; if
 * that is longer than its caller wants to wait, it stops at once.
 */
import { describe, expect, test } from 'vitest';

import { CircuitBreaker } from '../../src/circuit-breaker.ts';
import { pipeline } from '../../src/policies/pipeline.ts';
import { retry, type RetryOptions } from '../../src/policies/retry.ts';
import type { CallContext } from '../../src/policy.ts';
import { RetryBudget } from '../../src/retry-budget.ts';
import { consecutiveFailures } from '../../src/trip-policy.ts';
import { errorOf, standingOf, watched } from '../support/calls.ts';
import { SteppingClock } from '../support/stepping-clock.ts';

/** A circuit that is open for a second, and a client whose retry stands outside. */
async function scene(options: RetryOptions = {}) {
  const clock = new SteppingClock();
  const breaker = new CircuitBreaker({
    trip: consecutiveFailures(1),
    openForMs: 1_000,
    halfOpen: { permittedCalls: 1 },
    clock,
  });
  await errorOf(breaker.run(() => Promise.reject(new Error('down'))));
  const again = retry({ baseMs: 10, jitter: 'none', clock, ...options });
  return { clock, breaker, client: pipeline(again, breaker) };
}

describe('a retry outside an open circuit', () => {
  test('waits until the circuit may admit it, and its attempts are all there', async () => {
    const { clock, client } = await scene();
    const attempts: number[] = [];
    const running = client.run(({ attempt }: CallContext) => {
      attempts.push(attempt);
      return 'answer';
    });
    await clock.pass(999);
    expect(await standingOf(running)).toEqual({ kind: 'pending' });
    await clock.pass(2);
    expect(await running).toBe('answer');
    expect(attempts).toEqual([1]);
  });

  test('takes no token for it', async () => {
    const budget = new RetryBudget({ initial: 0, ratio: 0, perSecond: 0 });
    const { clock, client } = await scene({ budget });
    const running = client.run(() => 'answer');
    await clock.pass(1_001);
    expect(await running).toBe('answer');
  });

  test('stops at once when the wait is longer than its caller’s', async () => {
    const { clock, client } = await scene({ retryAfterMsMax: 500 });
    const error = await errorOf(client.run(() => 'answer'));
    expect(error).toMatchObject({ code: 'CIRCUIT_OPEN' });
    expect(clock.pendingCount).toBe(0);
  });

  test('stops at once when the circuit is held open by hand', async () => {
    const { breaker, client, clock } = await scene();
    using _held = breaker.forceOpen();
    expect(await errorOf(client.run(() => 'answer'))).toMatchObject({ code: 'CIRCUIT_OPEN' });
    expect(clock.pendingCount).toBe(0);
  });

  test('does not wait for ever on a circuit that never admits it', async () => {
    const { clock, client, breaker } = await scene({ maxAttempts: 3 });
    const running = watched(client.run(() => 'answer'));
    for (let second = 0; second < 10; second += 1) {
      // Somebody else takes the trial call and fails.
      clock.freeze(1_000);
      await errorOf(breaker.run(() => Promise.reject(new Error('down'))));
      await clock.pass(0);
    }
    expect(await errorOf(running)).toMatchObject({ code: 'CIRCUIT_OPEN' });
  });
});
