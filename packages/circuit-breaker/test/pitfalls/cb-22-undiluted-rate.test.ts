/**
 * Elsewhere: refused calls, and calls that still run, count as calls that did not fail, so that the
 * rate never reaches its threshold under load.
 *
 * Protection: a window holds outcomes of admitted calls that ended, nothing else (`settle`).
 */
import { describe, expect, test } from 'vitest';

import { countWindow } from '../../src/trip-policy.ts';
import { permitOf, scene } from '../support/scene.ts';

describe('a rate of failures', () => {
  test('is not diluted by calls that are in flight or say nothing', async () => {
    const { breaker, calls } = scene({
      trip: countWindow({ size: 100, minimumCalls: 4, failureThreshold: 0.5 }),
    });
    const inFlight = Array.from({ length: 50 }, () => permitOf(breaker));
    for (let times = 0; times < 50; times += 1) permitOf(breaker).ignore();
    await calls('ok', 'ok', 'bad', 'bad');
    expect(breaker.state).toBe('open');
    expect(inFlight).toHaveLength(50);
  });

  test('is not diluted by calls that were refused', async () => {
    const { breaker, clock, calls } = scene({
      trip: countWindow({ size: 100, minimumCalls: 2 }),
      halfOpen: { permittedCalls: 2 },
    });
    await calls('bad', 'bad');
    for (let times = 0; times < 500; times += 1) breaker.tryAcquire();
    clock.advance(1_000);
    await calls('ok', 'ok', 'bad', 'bad');
    expect(breaker.status().tallies.refusedCount).toBe(500);
    expect(breaker.state).toBe('open');
  });
});
