import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { HeartbeatSchedule } from '../../src/peers/heartbeat-schedule.ts';

describe('HeartbeatSchedule', () => {
  test('the latest number that is due is due, and the next one is not', () => {
    const times = fc.double({ min: 0, max: 1e13, noNaN: true });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3_600_000 }),
        fc.nat(999),
        times,
        (every, phase, at) => {
          const schedule = new HeartbeatSchedule(every, phase % every);
          const sequence = schedule.latestDue(at);
          expect(schedule.dueMs(sequence)).toBeLessThanOrEqual(at);
          expect(schedule.dueMs(sequence + 1)).toBeGreaterThan(at);
        },
      ),
    );
  });

  test('a number that is due is the latest at its very instant', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3_600_000 }), fc.nat(1e9), (every, sequence) => {
        const schedule = new HeartbeatSchedule(every, 0.3);
        expect(schedule.latestDue(schedule.dueMs(sequence))).toBe(sequence);
      }),
    );
  });

  // Why this test? 32.3 - 0.3 is less than 32 in doubles, and the number before was returned.
  test('a number that is due is so where subtraction rounds down', () => {
    const schedule = new HeartbeatSchedule(4, 0.3);
    expect(schedule.latestDue(schedule.dueMs(8))).toBe(8);
  });

  test('is below 0 before number 0 is due', () => {
    expect(new HeartbeatSchedule(100, 50).latestDue(49)).toBe(-1);
  });

  test.each([
    [0, 0, 'intervalMs: expected an integer of at least 1, got 0'],
    [1.5, 0, 'intervalMs: expected an integer of at least 1, got 1.5'],
    [NaN, 0, 'intervalMs: expected an integer of at least 1, got NaN'],
    [2 ** 53, 0, 'intervalMs: expected an integer of at least 1, got 9007199254740992'],
    [1, NaN, 'phaseMs: expected a finite number, got NaN'],
  ])('refuses %d and %d', (intervalMs, phaseMs, message) => {
    expect(() => new HeartbeatSchedule(intervalMs, phaseMs)).toThrow(new RangeError(message));
  });
});
