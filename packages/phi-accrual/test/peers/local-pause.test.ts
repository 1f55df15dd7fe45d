import { describe, expect, test } from 'vitest';

import { LocalPauseGuard } from '../../src/peers/local-pause.ts';

describe('LocalPauseGuard', () => {
  test('takes the time from when a timer was due to when anything ran for a pause', () => {
    const guard = new LocalPauseGuard(500);
    guard.expect(1_000);
    expect(guard.ran(1_000)).toBe(0);
    guard.expect(2_000);
    expect(guard.ran(12_000)).toBe(10_000);
  });

  test('tells of a pause once, to the first thing that runs after it', () => {
    const guard = new LocalPauseGuard(500);
    guard.expect(1_000);
    expect([guard.ran(9_000), guard.ran(9_000), guard.ran(9_001)]).toEqual([8_000, 0, 0]);
  });

  test('tolerates as much as it was told to, and no more', () => {
    const guard = new LocalPauseGuard(500);
    guard.expect(1_000);
    expect(guard.ran(1_500)).toBe(0);
    guard.expect(2_000);
    expect(guard.ran(2_501)).toBe(501);
  });

  test('knows of no pause while no timer was due', () => {
    const guard = new LocalPauseGuard(500);
    expect(guard.ran(1e9)).toBe(0);
    guard.expect(2e9);
    expect(guard.ran(1.9e9)).toBe(0);
  });

  // Why this test? In a hidden browser tab timers fire once a minute, while messages arrive.
  test('takes anything that runs for a sign that it was there, though the timer is late', () => {
    const guard = new LocalPauseGuard(500);
    guard.expect(1_000);
    const messages = Array.from({ length: 200 }, (_, count) => guard.ran(1_000 + 300 * count));
    expect(messages.every((pausedMs) => pausedMs === 0)).toBe(true);
    expect(guard.ran(60_900)).toBe(0);
    expect(guard.ran(61_500)).toBe(600);
  });

  test('is not led astray by time that steps back', () => {
    const guard = new LocalPauseGuard(500);
    guard.expect(1_000);
    guard.ran(1_200);
    expect(guard.ran(900)).toBe(0);
    expect(guard.ran(1_600)).toBe(0);
  });

  test.each([-1, NaN])('refuses a tolerance of %d', (toleranceMs) => {
    expect(() => new LocalPauseGuard(toleranceMs)).toThrow(
      new RangeError(`toleranceMs: expected at least 0, got ${toleranceMs}`),
    );
  });
});
