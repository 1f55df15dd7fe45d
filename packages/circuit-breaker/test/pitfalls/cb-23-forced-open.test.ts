/**
 * Elsewhere: a circuit that an operator opened is closed by a call that was under way, or by the
 * first of two operators who is done.
 *
 * Protection: forced open is a generation of its own; each who forces holds a handle, and the last
 * one out lets go (`forceOpen` and `#release`, `circuit-breaker.ts`).
 */
import { describe, expect, test } from 'vitest';

import { permitOf, scene } from '../support/scene.ts';

describe('a circuit that is forced open', () => {
  test('stays so when a trial call succeeds that was under way', async () => {
    const { breaker, clock, calls } = scene();
    await calls('bad', 'bad');
    clock.advance(1_000);
    const trial = permitOf(breaker);
    breaker.forceOpen();
    trial.succeed();
    expect(breaker.state).toBe('forcedOpen');
    expect(breaker.tryAcquire()).toMatchObject({ reason: 'forcedOpen', retryAfterMs: undefined });
  });

  test('stays so until the last who forced it lets go, and then tries calls', async () => {
    const { breaker, moves } = scene();
    const first = breaker.forceOpen();
    const second = breaker.forceOpen();
    first.release();
    first.release();
    expect(breaker.state).toBe('forcedOpen');
    second.release();
    expect(breaker.state).toBe('halfOpen');
    expect(moves()).toEqual(['closed>forcedOpen:byHand', 'forcedOpen>halfOpen:released']);
  });

  test('lets go at the end of the block that uses it', () => {
    const { breaker } = scene();
    {
      using _maintenance = breaker.forceOpen();
      expect(breaker.tryAcquire().kind).toBe('refused');
    }
    expect(breaker.tryAcquire().kind).toBe('admitted');
  });

  test.each(['disabled', 'metricsOnly'] as const)('is %s again if it was before', (state) => {
    const { breaker } = scene();
    breaker.transitionTo(state);
    breaker.forceOpen().release();
    expect(breaker.state).toBe(state);
  });

  test('is not disturbed by a handle from before it was changed by hand', () => {
    const { breaker } = scene();
    const stale = breaker.forceOpen();
    breaker.reset();
    breaker.forceOpen();
    stale.release();
    expect(breaker.state).toBe('forcedOpen');
  });
});
