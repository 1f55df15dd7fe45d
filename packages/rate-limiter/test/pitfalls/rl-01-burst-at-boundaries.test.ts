/**
 * A limit of 100 that lets 199 through within two milliseconds, at the end of one window and at the
 * start of the next, although nobody says so.
 *
 * Protection: GCRA, the default, holds what is used as a distance in time, which no boundary
 * resets; the fixed window says in its documentation that it admits twice its limit.
 */
import { expect, test } from 'vitest';

import {
  fixedWindow,
  gcra,
  RateLimiter,
  slidingWindowCounter,
  tokenBucket,
} from '../../src/index.ts';

const options = { limit: 100, windowMs: 1_000 };

function admittedAround(limiter: RateLimiter, boundaryMs: number): number {
  let admitted = 0;
  for (const nowMs of [boundaryMs - 1, boundaryMs, boundaryMs + 1]) {
    for (let count = 0; count < 300; count += 1) {
      if (limiter.take('k', { nowMs }).kind === 'admitted') admitted += 1;
    }
  }
  return admitted;
}

test.each([gcra(options), tokenBucket(options), slidingWindowCounter(options)])(
  '$kind admits its limit around every boundary, and what time gives back',
  (policy) => {
    for (let boundaryMs = 990; boundaryMs < 2_010; boundaryMs += 1) {
      const admitted = admittedAround(new RateLimiter({ policy }), boundaryMs);
      expect(admitted).toBeLessThanOrEqual(100);
    }
  },
);

test('a fixed window admits twice its limit around its boundary, and no more', () => {
  const policy = fixedWindow({ ...options, anchor: 'firstRequest' });
  const limiter = new RateLimiter({ policy });
  limiter.take('k', { nowMs: 0 });
  expect(admittedAround(limiter, 1_000)).toBe(199);
});

test('a strict policy admits its limit in every window', () => {
  const limiter = new RateLimiter({ policy: gcra({ ...options, strict: true }) });
  const admitted: number[] = [];
  for (let nowMs = 0; nowMs < 5_000; nowMs += 1) {
    while (limiter.take('k', { nowMs }).kind === 'admitted') admitted.push(nowMs);
  }
  for (const fromMs of admitted) {
    const within = admitted.filter((atMs) => atMs >= fromMs && atMs < fromMs + 1_000);
    expect(within.length).toBeLessThanOrEqual(100);
  }
});
