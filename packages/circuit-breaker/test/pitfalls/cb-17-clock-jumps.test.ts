/**
 * Elsewhere: the wait is measured by the wall clock, so that setting it back an hour keeps the
 * circuit open for an hour.
 *
 * Protection: waits are measured by the monotonic clock; and should that one go back, time goes on
 * from where it was (`#now`, `circuit.ts`).
 */
import { describe, expect, test } from 'vitest';

import { scene } from '../support/scene.ts';

const HOUR_MS = 3_600_000;

describe('the wait of an open circuit', () => {
  test.each([-HOUR_MS, HOUR_MS])('is as long when the wall clock jumps by %i ms', async (byMs) => {
    const { breaker, clock, calls } = scene();
    await calls('bad', 'bad');
    clock.jumpWall(byMs);
    clock.advance(999);
    expect(breaker.tryAcquire()).toMatchObject({ kind: 'refused', retryAfterMs: 1 });
    clock.advance(1);
    expect(breaker.tryAcquire().kind).toBe('admitted');
  });

  test('is as long when the monotonic clock goes back, from the call on that notices', async () => {
    const { breaker, clock, calls } = scene();
    await calls('bad', 'bad');
    clock.advance(400);
    expect(breaker.tryAcquire()).toMatchObject({ retryAfterMs: 600 });
    clock.jump(-HOUR_MS);
    expect(breaker.tryAcquire()).toMatchObject({ retryAfterMs: 600 });
    clock.advance(600);
    expect(breaker.tryAcquire().kind).toBe('admitted');
  });
});

describe('a window of time', () => {
  test('neither loses nor doubles an outcome when the clock goes back', async () => {
    const { breaker, clock, calls } = scene({
      trip: { kind: 'timeWindow', durationMs: 1_000, bucketCount: 10, minimumCalls: 100 },
    });
    await calls('bad', 'ok');
    clock.jump(-HOUR_MS);
    await calls('bad', 'ok');
    clock.jump(-HOUR_MS);
    await calls('ok');
    expect(breaker.status().counts).toMatchObject({ total: 5, failed: 2 });
    clock.advance(1_000);
    await calls('ok');
    expect(breaker.status().counts).toMatchObject({ total: 1, failed: 0 });
  });
});
