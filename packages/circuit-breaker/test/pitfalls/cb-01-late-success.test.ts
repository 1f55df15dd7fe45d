/**
 * Elsewhere: a call admitted while the circuit was closed comes back when it is half open, and its
 * success closes the circuit on a service that is down.
 *
 * Protection: an outcome counts only under the generation of its permit (`settle`, `circuit.ts`).
 */
import { describe, expect, test } from 'vitest';

import { pendingWork, scene } from '../support/scene.ts';

describe('a success that comes late', () => {
  test('leaves a half-open circuit half open', async () => {
    const { breaker, clock, calls, moves } = scene({ halfOpen: { permittedCalls: 2 } });
    const early = pendingWork<string>();
    const earlyRun = breaker.run(early.work);
    await calls('bad', 'bad');
    clock.advance(1_000);
    const trial = pendingWork<string>();
    const trialRun = breaker.run(trial.work);
    early.resolve('fine, a minute ago');
    await expect(earlyRun).resolves.toBe('fine, a minute ago');
    expect(breaker.state).toBe('halfOpen');
    expect(breaker.status().counts.total).toBe(0);
    expect(breaker.status().tallies.lateCount).toBe(1);
    trial.reject(new Error('still down'));
    await expect(trialRun).rejects.toThrow('still down');
    expect(moves()).toEqual([
      'closed>open:consecutiveFailures',
      'open>halfOpen:waitOver',
      'halfOpen>open:consecutiveFailures',
    ]);
  });

  test('leaves an open circuit open', async () => {
    const { breaker, calls } = scene();
    const early = pendingWork<string>();
    const earlyRun = breaker.run(early.work);
    await calls('bad', 'bad');
    early.resolve('fine');
    await earlyRun;
    expect(breaker.state).toBe('open');
  });
});
