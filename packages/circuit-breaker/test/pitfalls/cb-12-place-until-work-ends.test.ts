/*
 * What goes wrong elsewhere: a bulkhead of one gives its place back when the timeout answers the
 * caller, while the work goes on. The next call starts beside it, and the next: five run where one
 * may.
 *
 * The protection: a place is taken until the work has ended, wherever the timeout stands; a layer
 * that answers for work that goes on says so to those outside.
 */
import { describe, expect, test } from 'vitest';

import { adaptiveConcurrency } from '../../src/policies/adaptive-concurrency.ts';
import { aimd } from '../../src/limits/aimd.ts';
import { bulkhead } from '../../src/policies/bulkhead.ts';
import { hedge } from '../../src/policies/hedge.ts';
import { pipeline } from '../../src/policies/pipeline.ts';
import { timeout } from '../../src/policies/timeout.ts';
import { type Deferred, deferred, errorOf } from '../support/calls.ts';
import { SteppingClock, turn } from '../support/stepping-clock.ts';

const clock = new SteppingClock();

/** Work that does not listen to its signal, and how much of it runs. */
class Stubborn {
  readonly begun: Deferred<unknown>[] = [];
  running = 0;
  peak = 0;

  readonly work = async (): Promise<void> => {
    const end = deferred<unknown>();
    this.begun.push(end);
    this.running += 1;
    this.peak = Math.max(this.peak, this.running);
    await end.promise;
    this.running -= 1;
  };
}

const bound = timeout({ timeoutMs: 100, clock });

describe.each([
  ['outside the timeout', (places: ReturnType<typeof bulkhead>) => pipeline(places, bound)],
  ['inside the timeout', (places: ReturnType<typeof bulkhead>) => pipeline(bound, places)],
  ['outside two', (places: ReturnType<typeof bulkhead>) => pipeline(places, bound, bound)],
])('a bulkhead %s', (_where, make) => {
  test('keeps the place until the work has ended', async () => {
    const places = bulkhead({ maxConcurrent: 1, clock });
    const client = make(places);
    const stubborn = new Stubborn();
    const first = errorOf(client.run(stubborn.work));
    await clock.pass(100);
    expect(await first).toMatchObject({ code: 'CALL_TIMED_OUT' });
    for (let call = 0; call < 5; call += 1) {
      expect(await errorOf(client.run(stubborn.work))).toMatchObject({ reason: 'bulkheadFull' });
    }
    expect([places.running, stubborn.running, stubborn.peak]).toEqual([1, 1, 1]);
    stubborn.begun[0]!.resolve(undefined);
    await turn();
    expect([places.running, stubborn.running]).toEqual([0, 0]);
  });
});

test('an adaptive bound keeps the place as well', async () => {
  const limit = aimd({ initialLimit: 1, maxLimit: 1 });
  const places = adaptiveConcurrency({ limit, clock });
  const stubborn = new Stubborn();
  const running = errorOf(pipeline(places, bound).run(stubborn.work));
  await clock.pass(100);
  await running;
  expect(places.running).toBe(1);
  stubborn.begun[0]!.resolve(undefined);
  await turn();
  expect(places.running).toBe(0);
});

test('the loser of a hedge keeps the place of its call until it has ended', async () => {
  const places = bulkhead({ maxConcurrent: 1, clock });
  const stubborn = new Stubborn();
  const running = pipeline(places, hedge({ delayMs: 10, clock })).run(stubborn.work);
  await clock.pass(10);
  stubborn.begun[1]!.resolve(undefined);
  await running;
  expect([places.running, stubborn.running]).toEqual([1, 1]);
  stubborn.begun[0]!.resolve(undefined);
  await turn();
  expect(places.running).toBe(0);
});
