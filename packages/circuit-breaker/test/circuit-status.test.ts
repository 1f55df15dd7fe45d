import { describe, expect, test } from 'vitest';

import { countWindow } from '../src/trip-policy.ts';
import { scene } from './support/scene.ts';

describe('the status', () => {
  test('shows rates once there are any, of the calls or of the trial calls', async () => {
    const { breaker, calls, clock } = scene({
      name: 'inventory',
      trip: countWindow({ size: 10, minimumCalls: 4, failureThreshold: 0.75 }),
      halfOpen: { permittedCalls: 3 },
    });
    await calls('ok', 'bad', 'ok');
    expect(breaker.status()).toMatchObject({ failureRate: undefined, slowRate: undefined });
    await calls('bad');
    expect(breaker.status()).toMatchObject({
      name: 'inventory',
      state: 'closed',
      generation: 1,
      openings: 0,
      failureRate: 0.5,
      slowRate: 0,
      retryAfterMs: undefined,
    });
    breaker.trip();
    clock.advance(1_000);
    await calls('bad');
    expect(breaker.status()).toMatchObject({ state: 'halfOpen', counts: { total: 1, failed: 1 } });
    expect(breaker.status().failureRate).toBeUndefined();
  });

  test('has no rate where failures in a row are what counts', async () => {
    const { breaker, calls } = scene();
    await calls('bad');
    expect(breaker.status()).toMatchObject({ counts: { failed: 1 }, failureRate: undefined });
  });

  test('is a copy, which later calls leave alone', async () => {
    const { breaker, calls } = scene({ trip: countWindow() });
    const before = breaker.status();
    await calls('ok');
    expect([before.counts.total, before.tallies.successCount]).toEqual([0, 0]);
  });
});
