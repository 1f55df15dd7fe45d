/**
 * Elsewhere: a trial call of the first half-open period hangs, the circuit opens and tries again,
 * and then the old trial call decides the new period.
 *
 * Protection: each half-open period is a generation of its own (`#become`, `circuit.ts`).
 */
import { describe, expect, test } from 'vitest';

import { permitOf, scene } from '../support/scene.ts';

describe('a trial call that ends in a later half-open period', () => {
  test.each(['succeed', 'fail', 'ignore'] as const)('changes nothing by %s', async (verdict) => {
    const { breaker, clock, calls } = scene({ halfOpen: { permittedCalls: 2, waitMsMax: 10_000 } });
    await calls('bad', 'bad');
    clock.advance(1_000);
    const hanging = permitOf(breaker);
    await calls('bad');
    clock.advance(1_000);
    permitOf(breaker);
    permitOf(breaker);
    const before = breaker.status();
    expect(before.state).toBe('halfOpen');
    hanging[verdict]();
    const { tallies: _, ...after } = breaker.status();
    expect(before).toMatchObject(after);
    expect(breaker.tryAcquire().kind).toBe('refused');
  });
});
