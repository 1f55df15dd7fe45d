/**
 * Elsewhere: callers wait behind the trial call, any number of them, for as long as it takes.
 *
 * Protection: a half-open circuit without a trial permit refuses at once (`acquire`, `circuit.ts`).
 */
import { describe, expect, test } from 'vitest';

import { CircuitOpenError } from '../../src/errors.ts';
import { pendingWork, scene } from '../support/scene.ts';

describe('callers of a half-open circuit', () => {
  test('are refused at once while the trial call runs', async () => {
    const { breaker, clock, calls } = scene();
    await calls('bad', 'bad');
    clock.advance(1_000);
    const trial = pendingWork<string>();
    const trialRun = breaker.run(trial.work);
    let started = 0;
    const runs = Array.from({ length: 1_000 }, () => breaker.run(() => (started += 1)));
    // All are settled although the trial call is not, and no time has passed.
    const settled = await Promise.allSettled(runs);
    const reasons = settled.map((run) =>
      run.status === 'rejected' ? (run.reason as unknown) : run,
    );
    expect(reasons.every((reason) => reason instanceof CircuitOpenError)).toBe(true);
    expect(started).toBe(0);
    trial.resolve('back');
    await trialRun;
  });
});
