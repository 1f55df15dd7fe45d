/*
 * What goes wrong elsewhere: work that waited in a queue is started by the call that made room, a
 * hedge by the timer that another call had set; so it runs in the asynchronous context of a
 * stranger, and writes its trace and its tenant into that one's.
 *
 * The protection: timers and other calls only settle promises; the caller's work, fallback and
 * abort listeners run in what goes on from them, which is the caller's own.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

import { expect, test } from 'vitest';

import { bulkhead } from '../../src/policies/bulkhead.ts';
import { fallback } from '../../src/policies/fallback.ts';
import { hedge } from '../../src/policies/hedge.ts';
import { pipeline } from '../../src/policies/pipeline.ts';
import { retry } from '../../src/policies/retry.ts';
import { timeout } from '../../src/policies/timeout.ts';
import { errorOf } from '../support/calls.ts';
import { SteppingClock } from '../support/stepping-clock.ts';

const tenant = new AsyncLocalStorage<string>();
const tenants = ['ann', 'ben', 'cem'];

/** Runs `act` for every tenant, each in its own context, and returns what it gave. */
function forEach<Result>(act: () => Result): Result[] {
  return tenants.map((name) => tenant.run(name, act));
}

test('work that waited for a place runs in the context of its caller', async () => {
  const client = pipeline(bulkhead({ maxConcurrent: 1, maxQueue: 10 }));
  const seen = forEach(() => client.run(async () => tenant.getStore()));
  expect(await Promise.all(seen)).toEqual(tenants);
});

test('so does a second try after a back-off', async () => {
  const clock = new SteppingClock();
  const client = pipeline(retry({ baseMs: 10, jitter: 'none', clock }));
  const seen = forEach(() =>
    client.run(async ({ attempt }) => {
      if (attempt === 1) throw new Error('no');
      return tenant.getStore();
    }),
  );
  await clock.pass(10);
  expect(await Promise.all(seen)).toEqual(tenants);
});

test('so does a hedge, whoever set the timer', async () => {
  const clock = new SteppingClock();
  const client = pipeline(hedge({ delayMs: 10, clock }));
  const seen = forEach(() => {
    let tries = 0;
    return client.run(() => {
      tries += 1;
      return tries === 1 ? new Promise<never>(() => {}) : Promise.resolve(tenant.getStore());
    });
  });
  await clock.pass(10);
  expect(await Promise.all(seen)).toEqual(tenants);
});

test('so does a fallback after a timeout, and what listens to the abort', async () => {
  const clock = new SteppingClock();
  const heard: unknown[] = [];
  const client = pipeline(
    fallback({ answer: () => tenant.getStore() }),
    timeout({ timeoutMs: 100, clock }),
  );
  const seen = forEach(() =>
    client.run(({ signal }) => {
      const own = tenant.getStore();
      signal.addEventListener('abort', () => heard.push([own, tenant.getStore()]), { once: true });
      return new Promise<never>(() => {});
    }),
  );
  await clock.pass(100);
  expect(await Promise.all(seen)).toEqual(tenants);
  expect(heard).toEqual(tenants.map((name) => [name, name]));
});

test('so does what listens to a retry', async () => {
  const clock = new SteppingClock();
  const heard: unknown[] = [];
  const onRetry = (): void => void heard.push(tenant.getStore());
  const client = pipeline(retry({ maxAttempts: 3, clock, onRetry }));
  const failing = (): Promise<never> => Promise.reject(new Error('no'));
  const seen = forEach(() => errorOf(client.run(failing)));
  await clock.pass(10_000);
  await Promise.all(seen);
  expect(heard.toSorted()).toEqual(['ann', 'ann', 'ben', 'ben', 'cem', 'cem']);
});
