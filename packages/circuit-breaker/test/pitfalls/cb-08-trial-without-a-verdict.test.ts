/**
 * Elsewhere: a trial call that says nothing, because its error is filtered or its caller gave up,
 * closes the circuit, or keeps its permit for ever.
 *
 * Protection: an ignored outcome gives the permit back and decides nothing (`#giveBack`).
 */
import { describe, expect, test } from 'vitest';

import { classifyBy } from '../../src/classify.ts';
import { pendingWork, permitOf, scene } from '../support/scene.ts';

class NoSuchUser extends Error {}

describe('a trial call without a verdict', () => {
  test('gives its permit to the next call when its error is ignored', async () => {
    const ignore = (error: unknown): boolean => error instanceof NoSuchUser;
    const { breaker, clock, calls } = scene({ classify: classifyBy({ ignore }) });
    await calls('bad', 'bad');
    clock.advance(1_000);
    for (let times = 0; times < 3; times += 1) {
      await expect(breaker.run(() => Promise.reject(new NoSuchUser()))).rejects.toThrow(NoSuchUser);
      expect(breaker.state).toBe('halfOpen');
    }
    await calls('ok');
    expect(breaker.state).toBe('closed');
  });

  test('gives its permit to the next call when its caller gives up', async () => {
    const { breaker, clock, calls } = scene();
    await calls('bad', 'bad');
    clock.advance(1_000);
    const controller = new AbortController();
    const { work, reject } = pendingWork<string>();
    const run = breaker.run(work, { signal: controller.signal });
    controller.abort(new Error('no longer needed'));
    await expect(run).rejects.toThrow('no longer needed');
    // The work still runs: its permit is its own until it ends.
    expect(breaker.tryAcquire().kind).toBe('refused');
    reject(new Error('cancelled'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(breaker.state).toBe('halfOpen');
    permitOf(breaker).fail();
    expect(breaker.state).toBe('open');
  });
});
