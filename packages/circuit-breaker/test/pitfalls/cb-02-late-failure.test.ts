/**
 * Elsewhere: a call admitted while the circuit was closed fails when it is half open, opens it
 * again, and what the trial call finds out is thrown away.
 *
 * Protection: an outcome counts only under the generation of its permit (`settle`, `circuit.ts`).
 */
import { describe, expect, test } from 'vitest';

import { pendingWork, scene } from '../support/scene.ts';

describe('a failure that comes late', () => {
  test('leaves the decision to the trial call', async () => {
    const { breaker, clock, calls, moves } = scene();
    const early = pendingWork<string>();
    const earlyRun = breaker.run(early.work);
    await calls('bad', 'bad');
    clock.advance(1_000);
    const trial = pendingWork<string>();
    const trialRun = breaker.run(trial.work);
    early.reject(new Error('down, a minute ago'));
    await expect(earlyRun).rejects.toThrow('down, a minute ago');
    expect(breaker.state).toBe('halfOpen');
    trial.resolve('back');
    await trialRun;
    expect(breaker.state).toBe('closed');
    expect(moves().at(-1)).toBe('halfOpen>closed:trialsPassed');
  });
});
