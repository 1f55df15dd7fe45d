/**
 * Elsewhere: the first failure of the day is 100 % of the calls and opens the circuit; or a rate is
 * judged after failures only, so that a success that completes the minimum is not.
 *
 * Protection: below the minimum there is no rate, and whatever outcome reaches it is judged
 * (`judge`, `trip-policy.ts`; `settleReadsTime`, `circuit.ts`).
 */
import { describe, expect, test } from 'vitest';

import { timeWindow, countWindow } from '../../src/trip-policy.ts';
import { scene } from '../support/scene.ts';

describe.each([
  ['of counts', countWindow({ size: 10, minimumCalls: 4 })],
  ['of time', timeWindow({ durationMs: 1_000, minimumCalls: 4 })],
])('a rate in a window %s', (_, trip) => {
  test('does not exist below the minimum, whatever the outcomes', async () => {
    const { breaker, calls } = scene({ trip });
    await calls('bad', 'bad', 'bad');
    expect(breaker.state).toBe('closed');
    expect(breaker.status().failureRate).toBeUndefined();
  });

  test('is judged when a success reaches the minimum', async () => {
    const { breaker, calls, moves } = scene({ trip });
    await calls('bad', 'bad', 'bad', 'ok');
    expect(breaker.state).toBe('open');
    expect(moves()).toEqual(['closed>open:failureRate']);
  });
});
