import { describe, expect, test } from 'vitest';

import { gcra } from '../src/policy.ts';
import { Reservations } from '../src/reservations.ts';

const policy = gcra({ limit: 10, windowMs: 1_000, burst: 2 });
const reserve = (schedule: Reservations, nowMs: number, cost = 1) => {
  const reservation = schedule.reserve({ nowMs, cost, maxWaitMs: 10_000 });
  if (reservation.kind === 'limited') throw new RangeError('expected a reservation');
  return reservation;
};

describe('reservations', () => {
  test('come in their order, a burst at once and the others spaced', () => {
    const schedule = new Reservations(policy);
    const waits = [1, 1, 1, 2, 1].map((cost) => reserve(schedule, 0, cost).waitMs);
    expect(waits).toEqual([0, 0, 100, 300, 400]);
  });

  test('that would be too far away are not made', () => {
    const schedule = new Reservations(policy);
    reserve(schedule, 0, 2);
    const far = schedule.reserve({ nowMs: 0, maxWaitMs: 99 });
    expect(far).toEqual({ kind: 'limited', reason: 'waitTooLong', waitMs: 100 });
    expect(schedule.reserve({ nowMs: 0, maxWaitMs: 100 }).kind).toBe('reserved');
  });

  test('the last one, cancelled, gives all back', () => {
    const schedule = new Reservations(policy);
    reserve(schedule, 0, 2);
    schedule.cancel(reserve(schedule, 0, 2), 0);
    expect(reserve(schedule, 0).waitMs).toBe(100);
  });

  test('an earlier one gives back only what nobody after depends on, and once', () => {
    const schedule = new Reservations(policy);
    reserve(schedule, 0, 2);
    const early = reserve(schedule, 0, 2);
    const late = reserve(schedule, 0);
    expect(late.waitMs).toBe(300);
    schedule.cancel(early, 0);
    schedule.cancel(early, 0);
    // One of the two units: the other is promised to the one after.
    expect(reserve(schedule, 0).waitMs).toBe(300);
  });

  test('one that has begun gives nothing back', () => {
    const schedule = new Reservations(policy);
    reserve(schedule, 0, 2);
    const turn = reserve(schedule, 0);
    schedule.cancel(turn, 100);
    expect(reserve(schedule, 100).waitMs).toBe(100);
  });

  test('a clock far back begins anew with everything used', () => {
    const schedule = new Reservations(policy);
    reserve(schedule, 10_000_000, 2);
    reserve(schedule, 10_000_000, 2);
    expect(reserve(schedule, 0).waitMs).toBe(100);
  });

  test('bad input is refused', () => {
    const schedule = new Reservations(policy);
    expect(() => schedule.reserve({ nowMs: Number.NaN, maxWaitMs: 1 })).toThrow(RangeError);
    expect(() => schedule.reserve({ nowMs: 0, maxWaitMs: Number.NaN })).toThrow(RangeError);
    expect(() => schedule.reserve({ nowMs: 0, maxWaitMs: 1, cost: -1 })).toThrow(RangeError);
    expect(() => new Reservations({ ...policy, limit: 0 })).toThrow(RangeError);
  });
});
