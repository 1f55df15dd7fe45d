/**
 * Elsewhere: whether a rate that equals its threshold opens differs from release to release, and a
 * minimum above the window's size makes a breaker that never opens.
 *
 * Protection: it opens (`judge`); the minimum is at most the size (`rateSettings`,
 * `trip-policy.ts`).
 */
import { describe, expect, test } from 'vitest';

import { countWindow } from '../../src/trip-policy.ts';
import { scene } from '../support/scene.ts';

describe('a rate', () => {
  test('opens when it is exactly its threshold, and not one call below', async () => {
    const trip = countWindow({ size: 30, minimumCalls: 30, failureThreshold: 0.1 });
    const below = scene({ trip });
    await below.calls(...Array.from({ length: 28 }, () => 'ok' as const), 'bad', 'bad');
    expect(below.breaker.state).toBe('closed');
    const at = scene({ trip });
    await at.calls(...Array.from({ length: 27 }, () => 'ok' as const), 'bad', 'bad', 'bad');
    expect(at.breaker.state).toBe('open');
  });

  test('opens at its threshold for every share of every size of window up to 200', () => {
    for (let total = 1; total <= 200; total += 1) {
      for (let failed = 1; failed <= total; failed += 1) {
        // What a person writes: a share rounded to four digits is at most the true one, or above
        // it.
        const written = Number((failed / total).toFixed(4));
        const isReached = failed / total >= written;
        expect(isReached).toBe(failed * 10_000 >= Math.round(written * 10_000) * total);
      }
    }
  });
});

describe('a window of counts', () => {
  test('of size 1 judges each call', async () => {
    const { breaker, calls } = scene({ trip: countWindow({ size: 1 }) });
    await calls('ok', 'ok');
    expect(breaker.state).toBe('closed');
    await calls('bad');
    expect(breaker.state).toBe('open');
  });

  test('with a minimum above its size judges once it is full', async () => {
    const { breaker, calls } = scene({ trip: countWindow({ size: 3, minimumCalls: 50 }) });
    await calls('bad', 'bad');
    expect(breaker.state).toBe('closed');
    await calls('bad');
    expect(breaker.state).toBe('open');
  });
});
