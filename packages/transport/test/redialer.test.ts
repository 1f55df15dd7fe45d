import { describe, expect, test } from 'vitest';

import { Redialer } from '../src/redialer.ts';
import { seededRandom } from '../src/seeded-random.ts';
import { ManualClock } from './support/manual-clock.ts';

/** A redialer whose attempts are kept, to be failed by the test. */
function scene(): {
  readonly clock: ManualClock;
  readonly redialer: Redialer;
  readonly attempts: { readonly atMs: number; fail(): void; isCancelled: boolean }[];
} {
  const clock = new ManualClock();
  const attempts: { readonly atMs: number; fail(): void; isCancelled: boolean }[] = [];
  const redialer = new Redialer({
    clock,
    random: seededRandom('redialer'),
    redialMsMin: 100,
    redialMsMax: 10_000,
    dial: (failed) => {
      const attempt = { atMs: clock.nowMs(), fail: failed, isCancelled: false };
      attempts.push(attempt);
      return { cancel: () => (attempt.isCancelled = true) };
    },
  });
  return { clock, redialer, attempts };
}

describe('a redialer', () => {
  test('dials at once the first time, and once at a time', () => {
    const { redialer, attempts } = scene();
    redialer.want();
    redialer.want();
    expect(attempts).toHaveLength(1);
  });

  test('waits a random part of a span that doubles up to its limit', () => {
    const { clock, redialer, attempts } = scene();
    redialer.want();
    const waitsMs: number[] = [];
    for (let round = 0; round < 400; round += 1) {
      const failedAtMs = clock.nowMs();
      attempts.at(-1)?.fail();
      clock.advance(10_000);
      waitsMs.push((attempts.at(-1)?.atMs ?? 0) - failedAtMs);
    }
    expect(attempts).toHaveLength(401);
    for (const [index, waitMs] of waitsMs.entries()) {
      expect(waitMs).toBeGreaterThanOrEqual(0);
      expect(waitMs).toBeLessThanOrEqual(Math.min(10_000, 100 * 2 ** index));
    }
    // Full jitter: even spread over the whole span, so the mean is its half.
    const late = waitsMs.slice(8);
    expect(Math.min(...late)).toBeLessThan(500);
    expect(Math.max(...late)).toBeGreaterThan(9_500);
    const meanMs = late.reduce((sum, waitMs) => sum + waitMs, 0) / late.length;
    expect(meanMs).toBeGreaterThan(4_500);
    expect(meanMs).toBeLessThan(5_500);
  });

  test('begins again with the shortest span after a session that lasted', () => {
    const { clock, redialer, attempts } = scene();
    redialer.want();
    for (let round = 0; round < 10; round += 1) {
      attempts.at(-1)?.fail();
      clock.advance(10_000);
    }
    redialer.up();
    clock.advance(10_000);
    const lostAtMs = clock.nowMs();
    redialer.down();
    redialer.want();
    clock.advance(100);
    expect(attempts.at(-1)?.atMs).toBeGreaterThanOrEqual(lostAtMs);
  });

  test('counts a session that did not last as one more failure', () => {
    const { clock, redialer, attempts } = scene();
    redialer.want();
    const waitsMs: number[] = [];
    for (let round = 0; round < 50; round += 1) {
      redialer.up();
      clock.advance(1);
      redialer.down();
      const lostAtMs = clock.nowMs();
      redialer.want();
      clock.advance(10_000);
      waitsMs.push((attempts.at(-1)?.atMs ?? 0) - lostAtMs);
    }
    expect(waitsMs[0]).toBeLessThanOrEqual(100);
    expect(Math.max(...waitsMs.slice(20))).toBeGreaterThan(5_000);
  });

  test('gives up what is under way when there is a session, or nobody wants one', () => {
    for (const end of ['up', 'stop'] as const) {
      const { clock, redialer, attempts } = scene();
      redialer.want();
      redialer[end]();
      expect(attempts[0]?.isCancelled).toBe(true);
      // The attempt may still fail, but it is no longer anybody's.
      attempts[0]?.fail();
      clock.advance(60_000);
      expect(attempts).toHaveLength(1);
      redialer.want();
      attempts[1]?.fail();
      redialer[end]();
      clock.advance(60_000);
      expect(attempts).toHaveLength(2);
      expect(clock.pendingCount).toBe(0);
    }
  });
});
