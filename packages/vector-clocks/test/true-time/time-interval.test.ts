import fc from 'fast-check';
import { expect, test } from 'vitest';

import {
  isPast,
  isToCome,
  timeInterval,
  uncertaintyMs,
} from '../../src/true-time/time-interval.ts';

const smallMs = fc.integer({ min: -20, max: 20 });

test('what is certain is true of every time in the interval, and else of not every one', () => {
  fc.assert(
    fc.property(smallMs, fc.nat(5), smallMs, (wallMs, errorMs, atMs) => {
      const interval = timeInterval(wallMs, errorMs);
      const trueTimes = Array.from({ length: 2 * errorMs + 1 }, (_, i) => wallMs - errorMs + i);
      expect(isPast(interval, atMs)).toBe(trueTimes.every((timeMs) => timeMs > atMs));
      expect(isToCome(interval, atMs)).toBe(trueTimes.every((timeMs) => timeMs < atMs));
    }),
  );
});

test('an instant is neither past nor to come at that instant', () => {
  expect([isPast(timeInterval(5, 0), 5), isToCome(timeInterval(5, 0), 5)]).toEqual([false, false]);
});

test('a clock grows less certain until it is compared again', () => {
  expect(uncertaintyMs({ syncErrorMs: 1, elapsedMs: 0 })).toBe(1);
  expect(uncertaintyMs({ syncErrorMs: 1, elapsedMs: 30_000 })).toBe(7);
  expect(uncertaintyMs({ syncErrorMs: 0, elapsedMs: 1_000, driftPpm: 1_000_000 })).toBe(1_000);
});

test.each([
  [() => timeInterval(Number.NaN, 0), 'wallMs: expected a finite number, got NaN'],
  [() => timeInterval(0, -1), 'uncertaintyMs: expected a finite number of at least 0, got -1'],
  [
    () => timeInterval(0, Infinity),
    'uncertaintyMs: expected a finite number of at least 0, got Infinity',
  ],
  [
    () => uncertaintyMs({ syncErrorMs: -1, elapsedMs: 0 }),
    'syncErrorMs: expected a finite number of at least 0, got -1',
  ],
  [
    () => uncertaintyMs({ syncErrorMs: 0, elapsedMs: 0, driftPpm: Number.NaN }),
    'driftPpm: expected a finite number of at least 0, got NaN',
  ],
])('%s is refused', (call, message) => {
  expect(call).toThrow(new RangeError(message));
});
