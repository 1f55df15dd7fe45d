import { describe, expect, test } from 'vitest';

import { Schedule, type ScheduleOptions } from '../src/schedule.ts';
import { Arrivals } from './support/arrivals.ts';

const options: ScheduleOptions = {
  intervalMs: 100,
  windowSize: 100,
  shortWindowSize: 1,
  relearnAfter: 3,
  toleratedLosses: 0,
  follows: 'long',
  priorDeviation: 0.25,
};
const MARGIN_MS = 50;

/** A schedule that has seen `silencesMs`, the first from the time 0 on. */
function scheduleAfter(
  silencesMs: readonly number[],
  rest: Partial<ScheduleOptions> = {},
): { readonly schedule: Schedule; readonly arrivals: Arrivals } {
  const schedule = new Schedule({ ...options, ...rest });
  schedule.marginMs = MARGIN_MS;
  const arrivals = new Arrivals();
  for (const silenceMs of silencesMs) schedule.observe(arrivals.next(silenceMs));
  return { schedule, arrivals };
}

function repeated(count: number, value: number): readonly number[] {
  return Array.from({ length: count }, () => value);
}

describe('the expected arrival', () => {
  test('is an interval after the first heartbeat', () => {
    expect(scheduleAfter([1_000]).schedule.expectedAtMs).toBe(1_100);
  });

  test('is the mean of all by the long window', () => {
    // Heartbeats at 0, 110, 200: late by 0, 10 and 0.
    expect(scheduleAfter([0, 110, 90]).schedule.expectedAtMs).toBeCloseTo(300 + 10 / 3, 1);
  });

  test('is the later of the mean and the last by two windows', () => {
    const late = scheduleAfter([0, 100, 110], { follows: 'later' });
    expect(late.schedule.expectedAtMs).toBe(310);
    const early = scheduleAfter([0, 110, 90], { follows: 'later' });
    expect(early.schedule.expectedAtMs).toBeCloseTo(300 + 10 / 3, 1);
  });

  test('follows a late heartbeat while nobody knows whether lateness persists', () => {
    const { schedule } = scheduleAfter([0, 100, 110], { follows: 'measured' });
    expect(schedule.expectedAtMs).toBe(310);
  });

  test('does not move for heartbeats that were lost', () => {
    const { schedule, arrivals } = scheduleAfter(repeated(20, 100));
    schedule.observe(arrivals.next(500, { gap: 5 }));
    expect(schedule.expectedAtMs).toBe(arrivals.last.atMs + 100);
    expect(schedule.deviation.value).toBeLessThan(12);
  });

  test('reckons with losses that are tolerated', () => {
    const { schedule, arrivals } = scheduleAfter(repeated(20, 100), { toleratedLosses: 2 });
    expect(schedule.expectedAtMs).toBe(arrivals.last.atMs + 300);
  });

  test('is not put off by a heartbeat far too early', () => {
    const { schedule, arrivals } = scheduleAfter(repeated(20, 100));
    schedule.observe(arrivals.next(1, { gap: 1_000_000 }));
    expect(schedule.expectedAtMs).toBe(arrivals.last.atMs + 100);
  });
});

describe('an outlier', () => {
  test('is not learned: an outage leaves everything as it was', () => {
    const { schedule, arrivals } = scheduleAfter(repeated(20, 100));
    const { sampleCount } = schedule;
    const deviationMs = schedule.deviation.value;
    schedule.observe(arrivals.next(5_100));
    expect(schedule.learned).toBe(false);
    expect(schedule).toMatchObject({ sampleCount, intervalMs: 100 });
    expect(schedule.deviation.value).toBe(deviationMs);
  });

  test('a backlog after it is not learned either, and changes no interval', () => {
    const { schedule, arrivals } = scheduleAfter(repeated(20, 100));
    schedule.observe(arrivals.next(5_100));
    for (let beat = 0; beat < 50; beat += 1) schedule.observe(arrivals.next(0));
    for (let beat = 0; beat < 20; beat += 1) schedule.observe(arrivals.next(100));
    expect(schedule.intervalMs).toBe(100);
    // The last of the backlog was not late enough to be an outlier.
    expect(Math.abs(schedule.expectedAtMs - arrivals.last.atMs - 100)).toBeLessThan(5);
    expect(schedule.deviation.value).toBeLessThan(25);
  });

  test('three on one side are another schedule', () => {
    const { schedule, arrivals } = scheduleAfter(repeated(20, 100));
    schedule.observe(arrivals.next(300));
    schedule.observe(arrivals.next(100));
    expect(schedule.sampleCount).toBe(20);
    schedule.observe(arrivals.next(100));
    expect(schedule).toMatchObject({ sampleCount: 1, intervalMs: 100 });
    expect(schedule.expectedAtMs).toBe(arrivals.last.atMs + 100);
  });

  test('is what differs from an estimate by more than an interval, not by a margin', () => {
    const { schedule, arrivals } = scheduleAfter(repeated(20, 100));
    schedule.observe(arrivals.next(199));
    expect(schedule.learned).toBe(true);
  });
});

describe('the interval', () => {
  test.each([3, 12, 40, 250, 1_000, 9_000])(
    'becomes %d ms after three heartbeats',
    (intervalMs) => {
      const { schedule, arrivals } = scheduleAfter(repeated(50, 100));
      for (let beat = 0; beat < 12; beat += 1) schedule.observe(arrivals.next(intervalMs));
      expect(schedule.intervalMs).toBeCloseTo(intervalMs, 6);
      expect(schedule.expectedAtMs).toBeCloseTo(arrivals.last.atMs + intervalMs, 1);
    },
  );

  test('never leaves a hundredth and a hundredfold of what was given', () => {
    const { schedule, arrivals } = scheduleAfter(repeated(50, 100));
    for (let beat = 0; beat < 50; beat += 1) schedule.observe(arrivals.next(20_000));
    expect(schedule.intervalMs).toBe(100);
    for (let beat = 0; beat < 9_000; beat += 1) schedule.observe(arrivals.next(0.01));
    expect(schedule.intervalMs).toBeGreaterThanOrEqual(1);
  });

  test('follows a clock that is off by a part in a thousand, if it is measured', () => {
    const { schedule, arrivals } = scheduleAfter(repeated(1_000, 100.1), { follows: 'measured' });
    expect(schedule.intervalMs).toBeCloseTo(100.1, 2);
    expect(schedule.expectedAtMs).toBeCloseTo(arrivals.last.atMs + 100.1, 0);
  });

  test('follows it also when every second heartbeat is lost', () => {
    const { schedule, arrivals } = scheduleAfter([0], { follows: 'measured', windowSize: 1_000 });
    for (let beat = 0; beat < 128; beat += 1) schedule.observe(arrivals.next(201, { gap: 2 }));
    expect(schedule.intervalMs).toBeCloseTo(100.5, 1);
    expect(Math.abs(schedule.expectedAtMs - arrivals.last.atMs - 100.5)).toBeLessThan(0.5);
  });

  test('is what was given otherwise', () => {
    expect(scheduleAfter(repeated(1_000, 100.1)).schedule.intervalMs).toBe(100);
  });
});

describe('Schedule', () => {
  test('takes a gap that no ring holds for a new start', () => {
    const { schedule, arrivals } = scheduleAfter(repeated(20, 100));
    schedule.observe(arrivals.next(7_000_000, { gap: 70_000 }));
    expect(schedule.sampleCount).toBe(1);
    expect(schedule.expectedAtMs).toBe(arrivals.last.atMs + 100);
  });

  test('learns nothing from a witness, and follows it', () => {
    const { schedule, arrivals } = scheduleAfter(repeated(20, 100), { follows: 'later' });
    schedule.observe(arrivals.next(190, { teaches: false }));
    expect(schedule.sampleCount).toBe(20);
    expect(schedule.expectedAtMs).toBe(arrivals.last.atMs + 100);
  });

  test('forgets everything', () => {
    const { schedule } = scheduleAfter(repeated(20, 100));
    schedule.reset();
    expect(schedule.expectedAtMs).toBeNaN();
    expect(schedule).toMatchObject({ sampleCount: 0, intervalMs: 100, deviation: { value: 25 } });
  });
});
