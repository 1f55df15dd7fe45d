/*
 * What goes wrong elsewhere: a caller gives up while a retry waits; the wait is slept to its end,
 * and only then does the call reject.
 *
 * The protection: the wait ends with the caller's signal, in the same turn and without time
 * passing.
 */
import { expect, test } from 'vitest';

import { pipeline } from '../../src/policies/pipeline.ts';
import { retry } from '../../src/policies/retry.ts';
import { errorOf, freshContext, standingOf } from '../support/calls.ts';
import { SteppingClock, turn } from '../support/stepping-clock.ts';

const failing = (): Promise<never> => Promise.reject(new Error('no'));

test('an abort during a back-off of 20 s ends the call before any time passes', async () => {
  const clock = new SteppingClock();
  const controller = new AbortController();
  const policy = retry({ baseMs: 20_000, jitter: 'none', clock });
  const running = pipeline(policy).run(failing, { signal: controller.signal });
  expect(await standingOf(running)).toEqual({ kind: 'pending' });
  controller.abort('enough');
  expect(await standingOf(running)).toEqual({ kind: 'rejected', error: 'enough' });
  expect([clock.nowMs(), clock.pendingCount]).toEqual([0, 0]);
});

test('it ends the retry itself, not only the wait of its caller', async () => {
  const clock = new SteppingClock();
  const controller = new AbortController();
  const policy = retry({ baseMs: 20_000, jitter: 'none', clock });
  const running = policy.execute(failing, freshContext(controller.signal));
  await turn();
  controller.abort('enough');
  expect(await errorOf(running)).toBe('enough');
  expect(clock.pendingCount).toBe(0);
});
