import { expect, test } from 'vitest';

import { RetryPace } from '../../src/sessions/retry-pace.ts';

test('doubles its turns up to the longest, and pauses for half of each at least', () => {
  const pace = new RetryPace({ minMs: 20, maxMs: 100 });
  const pauses = [0, 0, 0, 0, 0.5].map((chance) => pace.pauseMs('later', chance));
  expect(pauses).toEqual([10, 20, 40, 50, 75]);
});

test('follows two hints in a row at once, then pauses: nodes may name each other for ever', () => {
  const pace = new RetryPace({ minMs: 20, maxMs: 100 });
  const pauses = Array.from({ length: 7 }, () => pace.pauseMs('atOnce', 0));
  expect(pauses).toEqual([0, 0, 10, 0, 0, 20, 0]);
});

test('never overflows', () => {
  const pace = new RetryPace({ minMs: 1, maxMs: Number.MAX_VALUE });
  for (let turn = 0; turn < 2_000; turn += 1) {
    expect(Number.isFinite(pace.pauseMs('later', 0.9))).toBe(true);
  }
});
