/*
 * What goes wrong elsewhere: a caller gives up, its call rejects, and the rejection is counted as a
 * failure of the service. A burst of impatient users opens the circuit of a service that is well.
 *
 * The protection: an abort of the caller is neither success nor failure, at whichever stage it
 * comes: waiting for a place, running, or between two tries.
 */
import { describe, expect, test } from 'vitest';

import { CircuitBreaker } from '../../src/circuit-breaker.ts';
import { aimd } from '../../src/limits/aimd.ts';
import { adaptiveConcurrency } from '../../src/policies/adaptive-concurrency.ts';
import { adaptiveThrottle } from '../../src/policies/adaptive-throttle.ts';
import { bulkhead } from '../../src/policies/bulkhead.ts';
import { hedge } from '../../src/policies/hedge.ts';
import { pipeline } from '../../src/policies/pipeline.ts';
import { retry } from '../../src/policies/retry.ts';
import { timeout } from '../../src/policies/timeout.ts';
import type { Policy } from '../../src/policy.ts';
import { consecutiveFailures } from '../../src/trip-policy.ts';
import { errorOf, untilStopped } from '../support/calls.ts';
import { SteppingClock, turn } from '../support/stepping-clock.ts';

const clock = new SteppingClock();

/** A circuit that one failure opens. */
function touchy(): CircuitBreaker {
  return new CircuitBreaker({ trip: consecutiveFailures(1), clock });
}

/** What `breaker` has counted after a caller of `policies` gave up, with the work running. */
async function abortedIn(breaker: CircuitBreaker, ...policies: readonly Policy[]): Promise<number> {
  const controller = new AbortController();
  const running = pipeline(...policies).run(untilStopped, { signal: controller.signal });
  await turn();
  controller.abort('enough');
  expect(await errorOf(running)).toBe('enough');
  await turn();
  expect(breaker.state).toBe('closed');
  return breaker.status().counts.total;
}

describe('a caller who gives up', () => {
  test('while the work runs, counts for nothing, whatever the layers', async () => {
    const bound = timeout({ timeoutMs: 100, clock });
    const places = bulkhead({ maxConcurrent: 10, clock });
    const again = retry({ clock });
    const beside = hedge({ delayMs: 5, clock });
    for (const layers of [[bound], [places], [again], [beside], [again, places, bound, beside]]) {
      const outer = touchy();
      expect(await abortedIn(outer, outer, ...layers)).toBe(0);
      const inner = touchy();
      expect(await abortedIn(inner, ...layers, inner)).toBe(0);
    }
  });

  test('while waiting for a place, counts for nothing and starts nothing', async () => {
    const breaker = touchy();
    const places = bulkhead({ maxConcurrent: 1, maxQueue: 1, clock });
    const client = pipeline(breaker, places);
    void client.run(() => new Promise(() => {}));
    const controller = new AbortController();
    let isStarted = false;
    const waiting = client.run(() => (isStarted = true), { signal: controller.signal });
    expect(places.queued).toBe(1);
    controller.abort('enough');
    expect(await errorOf(waiting)).toBe('enough');
    await turn();
    expect([breaker.state, places.queued, isStarted]).toEqual(['closed', 0, false]);
    expect(breaker.status().counts.total).toBe(0);
  });

  test('between two tries, counts for nothing', async () => {
    const breaker = touchy();
    const client = pipeline(breaker, retry({ baseMs: 100, jitter: 'none', clock }));
    const controller = new AbortController();
    const failing = (): Promise<never> => Promise.reject(new Error('no'));
    const running = client.run(failing, { signal: controller.signal });
    await turn();
    controller.abort('enough');
    expect(await errorOf(running)).toBe('enough');
    await turn();
    expect([breaker.state, breaker.status().counts.total]).toEqual(['closed', 0]);
  });

  test('teaches neither a limit nor a throttle', async () => {
    const limit = aimd({ initialLimit: 20 });
    const bound = adaptiveConcurrency({ limit, windowMs: 0, clock });
    const throttle = adaptiveThrottle({ clock });
    for (let call = 0; call < 50; call += 1) {
      const controller = new AbortController();
      const running = pipeline(throttle, bound).run(untilStopped, { signal: controller.signal });
      controller.abort('enough');
      await errorOf(running);
    }
    await turn();
    expect([limit.limit, throttle.refusedShare]).toEqual([20, 0]);
  });
});
