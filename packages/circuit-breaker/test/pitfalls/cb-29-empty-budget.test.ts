/*
 * What goes wrong elsewhere: when the retry budget is empty, the caller gets an error that says so,
 * and never learns what happened to the call; or a hedge that finds no token fails a call that was
 * about to succeed.
 *
 * The protection: without a token, everything is as if there were no retry and no hedge.
 */
import { expect, test } from 'vitest';

import { hedge } from '../../src/policies/hedge.ts';
import { pipeline } from '../../src/policies/pipeline.ts';
import { retry } from '../../src/policies/retry.ts';
import { RetryBudget } from '../../src/retry-budget.ts';
import { deferred, errorOf, standingOf } from '../support/calls.ts';
import { SteppingClock } from '../support/stepping-clock.ts';

const empty = (): RetryBudget => new RetryBudget({ initial: 0, ratio: 0, perSecond: 0 });

test('the caller gets the error of the call, at once', async () => {
  const clock = new SteppingClock();
  const original = new Error('connection reset');
  const client = pipeline(retry({ budget: empty(), clock }));
  expect(await errorOf(client.run(() => Promise.reject(original)))).toBe(original);
  expect(clock.setCount).toBe(0);
});

test('a call whose hedge finds no token goes on alone', async () => {
  const clock = new SteppingClock();
  const client = pipeline(hedge({ delayMs: 10, budget: empty(), clock }));
  const work = deferred<string>();
  let tries = 0;
  const running = client.run(() => {
    tries += 1;
    return work.promise;
  });
  await clock.pass(1_000);
  expect(await standingOf(running)).toEqual({ kind: 'pending' });
  work.resolve('answer');
  expect([await running, tries]).toEqual(['answer', 1]);
});
