import { describe, expect, test } from 'vitest';

import type { CountedOutcome } from '../src/outcome.ts';
import {
  consecutiveFailures,
  countWindow,
  timeWindow,
  type TripPolicy,
  tripSettings,
} from '../src/trip-policy.ts';
import { TripWatch } from '../src/trip-watch.ts';

function watchOf(policy: TripPolicy, ...outcomes: readonly CountedOutcome[]): TripWatch {
  const watch = new TripWatch(tripSettings(policy));
  for (const outcome of outcomes) watch.record(outcome, 0);
  return watch;
}

describe('whether a success is judged', () => {
  test('a window of counts judges the one that brings it to its minimum', () => {
    const watch = watchOf(countWindow({ size: 10, minimumCalls: 3 }));
    const judged = Array.from({ length: 5 }, () => {
      const isJudged = watch.judgesSuccess;
      watch.record('success', 0);
      return isJudged;
    });
    expect(judged).toEqual([false, false, true, false, false]);
  });

  test('a window of time judges each, a run of failures none', () => {
    expect(watchOf(timeWindow()).judgesSuccess).toBe(true);
    expect(watchOf(consecutiveFailures(2), 'failure').judgesSuccess).toBe(false);
  });

  test('the next is judged when asked for, until all is well again', () => {
    const watch = watchOf(countWindow({ size: 4, minimumCalls: 1 }), 'failure');
    watch.judgeNext();
    expect(watch.judge()).toBe('failureRate');
    expect(watch.judgesSuccess).toBe(true);
    watch.record('success', 0);
    watch.record('success', 0);
    expect(watch.judge()).toBe('below');
    expect(watch.judgesSuccess).toBe(false);
  });
});

test('thresholds are told of once, both if both are reached, and again once cleared', () => {
  const slowCalls = { slowerThanMs: 1, threshold: 0.5 };
  const policy = countWindow({ size: 4, minimumCalls: 2, slowCalls });
  const watch = watchOf(policy, 'slowFailure');
  expect(watch.newlyReached()).toEqual([]);
  watch.record('success', 0);
  expect(watch.newlyReached()).toEqual(['failureRate', 'slowRate']);
  expect(watch.valueOf('slowRate')).toBe(0.5);
  expect(watch.newlyReached()).toEqual([]);
  watch.clear();
  watch.record('slowSuccess', 0);
  watch.record('slowSuccess', 0);
  expect(watch.newlyReached()).toEqual(['slowRate']);
});

test('the value of a run is its length', () => {
  expect(watchOf(consecutiveFailures(5), 'failure', 'failure').valueOf('consecutiveFailures')).toBe(
    2,
  );
});

test('an update keeps what a window of the same kind holds, and has it judged', () => {
  const watch = watchOf(countWindow({ size: 10, minimumCalls: 10 }), 'failure', 'failure');
  watch.update(tripSettings(countWindow({ size: 5, minimumCalls: 2 })), 0);
  expect(watch.judgesSuccess).toBe(true);
  expect(watch.judge()).toBe('failureRate');
  watch.update(tripSettings(timeWindow()), 0);
  expect(watch.counts.total).toBe(0);
});
