/**
 * Elsewhere: reading the statistics sorts every call of the window, and each failure reads them.
 *
 * Protection: totals that run along (`windows/`). No duration is asserted: what a window shows is
 * one object all its life, so there is nothing left to add up when it is read.
 */
import { describe, expect, test } from 'vitest';

import { countWindow, timeWindow, tripSettings } from '../../src/trip-policy.ts';
import { windowFor } from '../../src/windows/window-history.ts';
import { scene } from '../support/scene.ts';

describe.each([
  ['of counts', countWindow({ size: 100_000, minimumCalls: 100_000 })],
  ['of time', timeWindow({ durationMs: 60_000, bucketCount: 10_000, minimumCalls: 1_000_000 })],
])('a window %s', (_, trip) => {
  test('shows totals that are there already, whatever it holds', () => {
    const window = windowFor(tripSettings(trip));
    const { counts } = window;
    for (let index = 0; index < 10_000; index += 1) {
      window.record(index % 4 === 0 ? 'failure' : 'success', index);
    }
    expect(window.counts).toBe(counts);
    expect(counts).toEqual({ total: 10_000, failed: 2_500, slow: 0, slowFailed: 0 });
  });

  test('is copied into a status, which later calls do not change', async () => {
    const { breaker, calls } = scene({ trip });
    await calls('bad', 'ok');
    const { counts } = breaker.status();
    await calls('bad');
    expect(counts).toEqual({ total: 2, failed: 1, slow: 0, slowFailed: 0 });
  });
});
