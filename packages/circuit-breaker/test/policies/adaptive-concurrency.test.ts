import { describe, expect, test } from 'vitest';

import type { ConcurrencyLimit, LimitSample } from '../../src/limits/limit.ts';
import { aimd } from '../../src/limits/aimd.ts';
import {
  adaptiveConcurrency,
  type AdaptiveConcurrencyOptions,
} from '../../src/policies/adaptive-concurrency.ts';
import { CallTimeoutError } from '../../src/policies/errors.ts';
import { deferred, errorOf, runUnder } from '../support/calls.ts';
import { SteppingClock, turn } from '../support/stepping-clock.ts';

/** A limit that notes what it is told. */
class NotedLimit implements ConcurrencyLimit {
  limit = 2;
  readonly samples: LimitSample[] = [];

  observe(sample: LimitSample): void {
    this.samples.push(sample);
  }
}

function scene(options: Partial<AdaptiveConcurrencyOptions> = {}) {
  const clock = new SteppingClock();
  const limit = new NotedLimit();
  const policy = adaptiveConcurrency({ limit, windowMs: 0, clock, ...options });
  return { clock, limit, policy };
}

describe('an adaptive bound', () => {
  test('lets as many run as the limit says, and refuses the next', async () => {
    const { policy, limit } = scene();
    const works = [deferred<unknown>(), deferred<unknown>()];
    const running = works.map((work) => runUnder(policy, () => work.promise));
    expect([policy.running, policy.limit, policy.utilization]).toEqual([2, 2, 1]);
    expect(await errorOf(runUnder(policy, () => 1))).toMatchObject({ code: 'CALL_REFUSED' });
    expect(limit.samples).toEqual([]);
    for (const work of works) work.resolve(undefined);
    await Promise.all(running);
    expect(policy.running).toBe(0);
  });

  test('learns how long a call took, and how many ran when it began', async () => {
    const { policy, limit, clock } = scene();
    const works = [deferred<unknown>(), deferred<unknown>()];
    const first = runUnder(policy, () => works[0]!.promise);
    await clock.pass(10);
    const second = runUnder(policy, () => works[1]!.promise);
    await clock.pass(20);
    works[1]!.resolve(undefined);
    await second;
    works[0]!.resolve(undefined);
    await first;
    expect(limit.samples).toEqual([
      { rttMs: 20, inflight: 2, wasDropped: false },
      { rttMs: 30, inflight: 1, wasDropped: false },
    ]);
  });

  test('lets the queue in when the limit has grown', async () => {
    const limit = aimd({ initialLimit: 2 });
    const { policy } = scene({ limit, maxQueue: 2 });
    const works = [1, 2, 3, 4].map(() => deferred<unknown>());
    const started: number[] = [];
    works.forEach((work, index) => {
      void runUnder(policy, () => {
        started.push(index);
        return work.promise;
      });
    });
    expect([started, policy.queued]).toEqual([[0, 1], 2]);
    works[0]!.resolve(undefined);
    await turn();
    // One for the place that became free, one for the place that was learnt.
    expect([started, limit.limit]).toEqual([[0, 1, 2, 3], 3]);
  });
});

describe('what a failure says', () => {
  test('is "dropped" for a timeout, and nothing for an error', async () => {
    const { policy, limit } = scene();
    await errorOf(runUnder(policy, () => Promise.reject(new CallTimeoutError(5))));
    await errorOf(runUnder(policy, () => Promise.reject(new DOMException('', 'TimeoutError'))));
    await errorOf(runUnder(policy, () => Promise.reject(new Error('no such user'))));
    expect(limit.samples.map(({ wasDropped }) => wasDropped)).toEqual([true, true]);
  });

  test('is what the caller says it is', async () => {
    const { policy, limit } = scene({
      classify: (error) => (error === 503 ? 'dropped' : 'answered'),
    });
    const rejecting = (error: unknown) => async (): Promise<never> => {
      throw error;
    };
    await errorOf(runUnder(policy, rejecting(503)));
    await errorOf(runUnder(policy, rejecting(404)));
    expect(limit.samples.map(({ wasDropped }) => wasDropped)).toEqual([true, false]);
  });

  test('is nothing when the classifier throws; the error stays that of the call', async () => {
    const throwing = (): never => {
      throw new Error('of the classifier');
    };
    const { policy, limit } = scene({ classify: throwing });
    const error = new Error('of the call');
    expect(await errorOf(runUnder(policy, () => Promise.reject(error)))).toBe(error);
    expect(limit.samples).toEqual([]);
  });
});

test.each<[object, string]>([
  [{}, 'limit: expected an object, got undefined'],
  [{ limit: { limit: 20 } }, 'limit.observe: expected a function, got undefined'],
  [{ limit: aimd(), classify: 1 }, 'classify: expected a function, got 1'],
  [{ limit: aimd(), windowMs: -1 }, 'windowMs: expected a number in 0..2147483647, got -1'],
  [{ limit: aimd(), maxQueue: 0.5 }, 'maxQueue: expected an integer in 0..1000000, got 0.5'],
])('refuses %o', (options, message) => {
  const make: unknown = Reflect.apply.bind(undefined, adaptiveConcurrency, undefined, [options]);
  expect(make).toThrow(message);
});
