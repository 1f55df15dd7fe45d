/**
 * Elsewhere: slowness is a kind of failure or is not seen at all.
 *
 * Protection: the two rates are counted and judged apart (`judge`, `trip-policy.ts`).
 */
import { describe, expect, test } from 'vitest';

import { countWindow } from '../../src/trip-policy.ts';
import { type Scene, scene } from '../support/scene.ts';

async function call(
  { breaker, clock }: Scene,
  takesMs: number,
  ending: 'ok' | 'bad',
): Promise<void> {
  await breaker
    .run(() => {
      clock.advance(takesMs);
      if (ending === 'bad') throw new Error('down');
    })
    .catch(() => undefined);
}

const trip = countWindow({
  size: 4,
  minimumCalls: 4,
  failureThreshold: 1,
  slowCalls: { slowerThanMs: 100, threshold: 0.5 },
});

describe('a slow call', () => {
  test('counts to the slow rate only when it succeeds, and may open by it', async () => {
    const it = scene({ trip });
    await call(it, 5, 'ok');
    await call(it, 5, 'ok');
    await call(it, 101, 'ok');
    expect(it.breaker.status().counts).toEqual({ total: 3, failed: 0, slow: 1, slowFailed: 0 });
    await call(it, 101, 'ok');
    expect(it.moves()).toEqual(['closed>open:slowRate']);
  });

  test('counts to both rates when it fails', async () => {
    const it = scene({ trip });
    await call(it, 101, 'bad');
    expect(it.breaker.status().counts).toEqual({ total: 1, failed: 1, slow: 1, slowFailed: 1 });
  });

  test('is one that takes longer than the limit, not as long', async () => {
    const it = scene({ trip });
    await call(it, 100, 'ok');
    expect(it.breaker.status().counts.slow).toBe(0);
  });

  test('is none when the clock went back meanwhile, or was not read at the beginning', async () => {
    const it = scene({ trip: countWindow({ size: 4 }) });
    const { breaker, clock } = it;
    await breaker.run(() => breaker.update({ trip }));
    await call(it, 0, 'ok');
    await breaker.run(() => clock.jump(-1_000_000));
    expect(breaker.status().counts).toMatchObject({ total: 3, slow: 0 });
  });
});
