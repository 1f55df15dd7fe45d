/*
 * What goes wrong elsewhere: calls that were dropped or given up end early, and are read as a fast
 * service; a night without load lets the limit grow to its maximum; a clock of whole milliseconds
 * reads 0, and every later call looks a hundred times slower than the fastest.
 *
 * The protection: only an answer is a latency, only a limit in use may grow, and 0 says nothing.
 */
import { describe, expect, test } from 'vitest';

import { aimd } from '../../src/limits/aimd.ts';
import { gradient2 } from '../../src/limits/gradient2.ts';
import type { ConcurrencyLimit } from '../../src/limits/limit.ts';
import { vegas } from '../../src/limits/vegas.ts';
import { adaptiveConcurrency } from '../../src/policies/adaptive-concurrency.ts';
import { pipeline } from '../../src/policies/pipeline.ts';
import { deferred, errorOf, untilStopped } from '../support/calls.ts';
import { SteppingClock, turn } from '../support/stepping-clock.ts';

const algorithms: [string, () => ConcurrencyLimit][] = [
  ['aimd', () => aimd({ initialLimit: 10 })],
  ['vegas', () => vegas({ initialLimit: 10 })],
  ['gradient2', () => gradient2({ initialLimit: 10 })],
];

describe.each(algorithms)('%s', (_name, make) => {
  const clock = new SteppingClock();

  /** Runs `count` calls at once, each of which takes `ms`. */
  async function load(limit: ConcurrencyLimit, count: number, ms: number): Promise<void> {
    const client = pipeline(adaptiveConcurrency({ limit, windowMs: 0, clock }));
    for (let round = 0; round < 20; round += 1) {
      const answer = deferred<unknown>();
      const running = Array.from({ length: count }, () => client.run(() => answer.promise));
      await clock.pass(ms);
      answer.resolve(undefined);
      await Promise.all(running);
    }
  }

  test('does not grow with less than half of it in use', async () => {
    const limit = make();
    await load(limit, 4, 10);
    expect(limit.limit).toBe(10);
  });

  test('does not learn from callers who gave up', async () => {
    const limit = make();
    const client = pipeline(adaptiveConcurrency({ limit, windowMs: 0, clock }));
    for (let round = 0; round < 20; round += 1) {
      const controller = new AbortController();
      const { signal } = controller;
      // All of the limit is in use, so that answers would let it grow.
      const running = Array.from({ length: 10 }, () => client.run(untilStopped, { signal }));
      const errors = Promise.all(running.map(errorOf));
      await clock.pass(1);
      controller.abort('enough');
      await errors;
      await turn();
    }
    await turn();
    expect(limit.limit).toBe(10);
  });

  test('does not take a coarse clock’s 0 for the shortest time', async () => {
    const limit = make();
    await load(limit, 10, 0);
    const before = limit.limit;
    await load(limit, 10, 1);
    expect(limit.limit).toBeGreaterThanOrEqual(before);
  });

  test('does not grow on drops, however quick they are', async () => {
    const limit = make();
    const classify = (): 'dropped' => 'dropped';
    const client = pipeline(adaptiveConcurrency({ limit, windowMs: 0, classify, clock }));
    for (let call = 0; call < 100; call += 1) {
      const before = limit.limit;
      await errorOf(client.run(() => Promise.reject(new Error('503'))));
      expect(limit.limit).toBeLessThanOrEqual(before);
    }
    expect(limit.limit).toBeLessThan(10);
  });
});
