import { expect, test } from 'vitest';

import { RetryPace } from '../../src/sessions/retry-pace.ts';

test('doubles its turns up to the longest, and pauses for half of each at least', () => {
  const pace = new RetryPace({ pauseMsMin: 20, pauseMsMax: 100, attemptMs: 50 });
  const pauses = [0, 0, 0, 0, 0.5].map((chance) => pace.pauseMs('later', chance));
  expect(pauses).toEqual([10, 20, 40, 50, 75]);
});

test('follows two hints in a row at once, then pauses: nodes may name each other for ever', () => {
  const pace = new RetryPace({ pauseMsMin: 20, pauseMsMax: 100, attemptMs: 50 });
  const pauses = Array.from({ length: 7 }, () => pace.pauseMs('atOnce', 0));
  expect(pauses).toEqual([0, 0, 10, 0, 0, 20, 0]);
});

test('waits twice as long after each attempt without a reply, up to a bound', () => {
  const pace = new RetryPace({ pauseMsMin: 20, pauseMsMax: 100, attemptMs: 50 });
  const waits = Array.from({ length: 6 }, () => {
    const { attemptMs } = pace;
    pace.onUnanswered();
    return attemptMs;
  });
  expect(waits).toEqual([50, 100, 200, 400, 800, 800]);
});

test('never overflows', () => {
  const pace = new RetryPace({ pauseMsMin: 1, pauseMsMax: Number.MAX_VALUE, attemptMs: 50 });
  for (let turn = 0; turn < 2_000; turn += 1) {
    expect(Number.isFinite(pace.pauseMs('later', 0.9))).toBe(true);
  }
});
