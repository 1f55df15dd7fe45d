/*
 * What goes wrong elsewhere: the wait doubles with each failure. After a thousand it is Infinity,
 * times a chance of 0 it is NaN, and beyond 2^31 - 1 ms a timer fires at once: the longest outage
 * ends in a storm of retries.
 *
 * The protection: the power stops at the cap before it overflows, for retries and for circuits.
 */
import { describe, expect, test } from 'vitest';

import { CircuitBreaker } from '../../src/circuit-breaker.ts';
import { type Jitter, retryDelayMs } from '../../src/retry-delay.ts';
import { consecutiveFailures } from '../../src/trip-policy.ts';
import { constantRandom, errorOf } from '../support/calls.ts';
import { SteppingClock } from '../support/stepping-clock.ts';

const capMs = 2 ** 31 - 1;

describe.each<Jitter>(['full', 'equal', 'decorrelated', 'none'])('%s jitter', (jitter) => {
  test.each([0, 0.5, 1 - 2 ** -53])('stays finite over 5,000 retries with a draw of %d', (draw) => {
    const backOff = { baseMs: 1, capMs, factor: 10, jitter };
    let previousMs = 1;
    for (let retry = 1; retry <= 5_000; retry += 1) {
      previousMs = retryDelayMs(backOff, retry, previousMs, draw);
      expect(previousMs).toBeGreaterThanOrEqual(0);
      expect(previousMs).toBeLessThanOrEqual(capMs);
    }
  });
});

test('a circuit that opens 2,000 times in a row stays open for a finite time', async () => {
  const clock = new SteppingClock();
  const breaker = new CircuitBreaker({
    trip: consecutiveFailures(1),
    halfOpen: { permittedCalls: 1 },
    random: constantRandom(0),
    clock,
  });
  for (let opening = 1; opening <= 2_000; opening += 1) {
    await errorOf(breaker.run(() => Promise.reject(new Error('down'))));
    const { retryAfterMs, state } = breaker.status();
    expect(state).toBe('open');
    expect(retryAfterMs).toBeLessThanOrEqual(capMs);
    expect(retryAfterMs).toBeGreaterThan(0);
    clock.freeze(retryAfterMs! + 1);
  }
});
