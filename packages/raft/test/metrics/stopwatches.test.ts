import { expect, test } from 'vitest';

import { Stopwatches } from '../../src/metrics/stopwatches.ts';

test('what began is timed once, in seconds', () => {
  const watches = new Stopwatches(4);
  watches.start(5, 1_000);
  expect(watches.stop(5, 3_500)).toBe(2.5);
  expect(watches.stop(5, 3_500)).toBeUndefined();
});

test('what did not begin, or was pushed out by a newer one, is not timed', () => {
  const watches = new Stopwatches(4);
  expect(watches.stop(0, 1)).toBeUndefined();
  watches.start(2, 0);
  watches.start(6, 1_000);
  expect(watches.stop(2, 2_000)).toBeUndefined();
  expect(watches.stop(6, 2_000)).toBe(1);
});

test('numbers beyond 2^31 are told apart', () => {
  const watches = new Stopwatches(4);
  watches.start(2 ** 40 + 1, 0);
  expect(watches.stop(2 ** 41 + 1, 1_000)).toBeUndefined();
  expect(watches.stop(2 ** 40 + 1, 1_000)).toBe(1);
});
