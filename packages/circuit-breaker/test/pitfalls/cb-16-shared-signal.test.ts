/*
 * What goes wrong elsewhere: a server passes one signal, that of its shutdown, to every call. Each
 * layer of each call adds a listener to it, some are never removed; the runtime warns of a leak,
 * and memory grows until the process ends.
 *
 * The protection: one listener for a signal, however many calls wait on it, and none after them.
 */
import { getEventListeners } from 'node:events';

import { expect, test } from 'vitest';

import { bulkhead } from '../../src/policies/bulkhead.ts';
import { hedge } from '../../src/policies/hedge.ts';
import { pipeline } from '../../src/policies/pipeline.ts';
import { retry } from '../../src/policies/retry.ts';
import { timeout } from '../../src/policies/timeout.ts';
import { deferred } from '../support/calls.ts';
import { SteppingClock } from '../support/stepping-clock.ts';

/** A server's day of calls, shortened: what leaks shows after a hundred. */
const CALLS = 100_000;

test('calls that share a signal leave no listener on it, and warn of nothing', async () => {
  const clock = new SteppingClock();
  const warnings: Error[] = [];
  const listener = (warning: Error): void => void warnings.push(warning);
  process.on('warning', listener);
  const { signal } = new AbortController();
  const client = pipeline(retry({ clock }), timeout({ timeoutMs: 1_000, clock }));
  for (let call = 0; call < CALLS; call += 1) {
    // Reads the signal, as a fetch would.
    await client.run(async (context) => context.signal.aborted, { signal });
  }
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  process.off('warning', listener);
  expect(warnings).toEqual([]);
});

test('calls that run at once share one listener, in every layer', async () => {
  const clock = new SteppingClock();
  const { signal } = new AbortController();
  const works = Array.from({ length: 1_000 }, () => deferred<unknown>());
  const client = pipeline(
    retry({ clock, jitter: 'none' }),
    bulkhead({ maxConcurrent: 500, maxQueue: 500, clock }),
    hedge({ delayMs: 10_000, clock }),
    timeout({ timeoutMs: 20_000, clock }),
  );
  // Work that reads its signal, as a fetch would.
  const signals = new Set<AbortSignal>();
  const running = works.map((work) =>
    client.run(
      (context) => {
        signals.add(context.signal);
        return work.promise;
      },
      { signal },
    ),
  );
  expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  for (const work of works) work.resolve(undefined);
  await Promise.all(running);
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
});
