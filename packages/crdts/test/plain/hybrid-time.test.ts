import fc from 'fast-check';
import { expect, test } from 'vitest';

import {
  aheadMs,
  compareStamps,
  laterStamp,
  nextStamp,
  NO_STAMP,
  type Stamp,
  TIME_MS_MAX,
} from '../../src/plain/hybrid-time.ts';

const stamp: fc.Arbitrary<Stamp> = fc.record({
  timeMs: fc.oneof(fc.nat(3), fc.nat(TIME_MS_MAX)),
  counter: fc.nat(3),
  replicaId: fc.constantFrom('a', 'b', '\uffff', '\u{1f600}'),
});

test('stamps are in one order', () => {
  fc.assert(
    fc.property(stamp, stamp, stamp, (one, two, three) => {
      expect(Math.sign(compareStamps(one, two))).toBe(-Math.sign(compareStamps(two, one)) + 0);
      if (compareStamps(one, two) <= 0 && compareStamps(two, three) <= 0) {
        expect(compareStamps(one, three)).toBeLessThanOrEqual(0);
      }
      expect(compareStamps(NO_STAMP, one)).toBeLessThan(0);
      expect(compareStamps(laterStamp(one, two), one)).toBeGreaterThanOrEqual(0);
      if (compareStamps(one, two) === 0) expect(one).toEqual(two);
    }),
  );
});

test('the next stamp is later than what was seen, whatever the clock says', () => {
  fc.assert(
    fc.property(stamp, fc.nat(TIME_MS_MAX), (seen, nowMs) => {
      const next = nextStamp(seen, 'a', nowMs);
      expect(compareStamps(next, seen)).toBeGreaterThan(0);
      expect(next.timeMs).toBe(Math.max(seen.timeMs, nowMs));
    }),
  );
});

test('the clock counts where it is ahead, and the counter where it is not', () => {
  const seen = { timeMs: 1_000, counter: 4, replicaId: 'a' };
  expect(nextStamp(seen, 'b', 999.9)).toEqual({ timeMs: 1_000, counter: 5, replicaId: 'b' });
  expect(nextStamp(seen, 'b', 1_001.5)).toEqual({ timeMs: 1_001, counter: 0, replicaId: 'b' });
});

test.each([-1, NaN, Infinity, 2 ** 48])('a clock of %s is refused', (nowMs) => {
  expect(() => nextStamp(NO_STAMP, 'a', nowMs)).toThrow(RangeError);
});

test('after the last stamp of all there is none', () => {
  const last = { timeMs: TIME_MS_MAX, counter: Number.MAX_SAFE_INTEGER, replicaId: 'a' };
  expect(() => nextStamp(last, 'a', 0)).toThrow(RangeError);
});

test('how far a stamp is ahead can be asked', () => {
  expect(aheadMs({ timeMs: 5_000, counter: 0, replicaId: 'a' }, 2_000)).toBe(3_000);
  expect(aheadMs({ timeMs: 5_000, counter: 0, replicaId: 'a' }, 9_000)).toBe(0);
});
