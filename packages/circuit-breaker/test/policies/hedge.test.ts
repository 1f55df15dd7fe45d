import { describe, expect, test } from 'vitest';

import { CallOvertakenError } from '../../src/policies/errors.ts';
import { hedge, type HedgeOptions } from '../../src/policies/hedge.ts';
import type { CallContext } from '../../src/policy.ts';
import { RetryBudget } from '../../src/retry-budget.ts';
import { type Deferred, deferred, errorOf, runUnder, standingOf } from '../support/calls.ts';
import { SteppingClock } from '../support/stepping-clock.ts';

/** A hedged call whose tries the test settles. */
class Scene {
  readonly clock = new SteppingClock();
  readonly tries: Deferred<string>[] = [];
  readonly signals: AbortSignal[] = [];
  readonly policy: ReturnType<typeof hedge>;

  constructor(options: HedgeOptions = {}) {
    this.policy = hedge({ delayMs: 100, clock: this.clock, ...options });
  }

  run(signal?: AbortSignal): Promise<string> {
    const work = (context: CallContext): Promise<string> => {
      const answer = deferred<string>();
      this.tries.push(answer);
      this.signals.push(context.signal);
      return answer.promise;
    };
    return runUnder(this.policy, work, signal);
  }
}

describe('a hedge', () => {
  test('leaves a call alone that answers before the delay', async () => {
    const scene = new Scene();
    const running = scene.run();
    await scene.clock.pass(99);
    scene.tries[0]!.resolve('first');
    expect(await running).toBe('first');
    await scene.clock.pass(1_000);
    expect([scene.tries.length, scene.clock.pendingCount]).toEqual([1, 0]);
    expect(scene.signals[0]!.aborted).toBe(false);
  });

  test('starts a second try after the delay, and stops the loser', async () => {
    const scene = new Scene();
    const running = scene.run();
    await scene.clock.pass(100);
    expect(scene.tries).toHaveLength(2);
    scene.tries[1]!.resolve('second');
    expect(await running).toBe('second');
    await scene.clock.pass(0);
    expect(scene.signals[0]!.reason).toBeInstanceOf(CallOvertakenError);
    expect(scene.signals[1]!.aborted).toBe(false);
  });

  test('starts as many as it may, one delay after the other', async () => {
    const scene = new Scene({ maxHedges: 2 });
    void scene.run();
    await scene.clock.pass(199);
    expect(scene.tries).toHaveLength(2);
    await scene.clock.pass(10_000);
    expect(scene.tries).toHaveLength(3);
  });

  test('starts none for a caller who has given up', async () => {
    const scene = new Scene();
    const controller = new AbortController();
    const running = scene.run(controller.signal);
    controller.abort('enough');
    await scene.clock.pass(100);
    expect(scene.tries).toHaveLength(1);
    expect(scene.signals[0]!.reason).toBe('enough');
    scene.tries[0]!.reject(new Error('stopped'));
    expect(await errorOf(running)).toEqual(new Error('stopped'));
  });

  test('is no retry: a try that fails before the delay fails the call', async () => {
    const scene = new Scene();
    const running = scene.run();
    scene.tries[0]!.reject(new Error('no'));
    expect(await errorOf(running)).toEqual(new Error('no'));
    await scene.clock.pass(100);
    expect(scene.tries).toHaveLength(1);
  });

  test('waits for the second try when the first fails after the delay', async () => {
    const scene = new Scene();
    const running = scene.run();
    await scene.clock.pass(100);
    scene.tries[0]!.reject(new Error('no'));
    expect(await standingOf(running)).toEqual({ kind: 'pending' });
    scene.tries[1]!.resolve('second');
    expect(await running).toBe('second');
  });

  test('has no timer that holds the process open', async () => {
    const scene = new Scene();
    void scene.run();
    expect([scene.clock.pendingCount, scene.clock.holdingCount]).toEqual([1, 0]);
  });
});

describe('a learnt delay', () => {
  const learning: HedgeOptions = { quantile: 0.95, sampleCount: 100 };

  /** A hedge that learns, after `count` calls of 10 ms. */
  async function learnt(count: number): Promise<SteppingClock & { delayMs?: number }> {
    const clock = new SteppingClock();
    const policy = hedge({ ...learning, clock });
    for (let call = 0; call < count; call += 1) {
      const answer = deferred<unknown>();
      const running = runUnder(policy, () => answer.promise);
      await clock.pass(10);
      answer.resolve(undefined);
      await running;
    }
    const { delayMs } = policy;
    return Object.assign(clock, delayMs === undefined ? {} : { delayMs });
  }

  test('is none before twenty samples', async () => {
    expect((await learnt(19)).delayMs).toBeUndefined();
  });

  test('is the quantile of what calls took', async () => {
    const { delayMs } = await learnt(20);
    expect(delayMs).toBeGreaterThan(10);
    expect(delayMs).toBeLessThanOrEqual(10 * (1 + 1 / 16));
  });

  test('has a least length', async () => {
    const policy = hedge({ ...learning, delayMsMin: 5, clock: new SteppingClock() });
    for (let call = 0; call < 20; call += 1) await runUnder(policy, () => call);
    expect(policy.delayMs).toBe(5);
  });
});

test('a shared budget bounds what is hedged', async () => {
  const scene = new Scene({ budget: new RetryBudget({ ratio: 0, burst: 2, perSecond: 0 }) });
  for (let call = 0; call < 10; call += 1) void scene.run();
  await scene.clock.pass(100);
  expect(scene.tries).toHaveLength(12);
});

test.each<[object, string]>([
  [{ delayMs: -1 }, 'delayMs: expected a number in 0..2147483647, got -1'],
  [{ delayMs: NaN }, 'delayMs: expected a number in 0..2147483647, got NaN'],
  [{ quantile: 0 }, 'quantile: expected a number in 5e-324..1, got 0'],
  [{ quantile: 1.01 }, 'quantile: expected a number in 5e-324..1, got 1.01'],
  [{ sampleCount: 19 }, 'sampleCount: expected an integer in 20..65536, got 19'],
  [{ delayMsMin: Infinity }, 'delayMsMin: expected a number in 0..2147483647, got Infinity'],
  [{ maxHedges: 0 }, 'maxHedges: expected an integer in 1..10, got 0'],
])('refuses %o', (options, message) => {
  expect(() => hedge(options)).toThrow(new RangeError(message));
});
