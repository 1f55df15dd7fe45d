import { seededRandom } from '@quorate/transport/system';
import { describe, expect, test } from 'vitest';

import { gradient2 } from '../../src/limits/gradient2.ts';
import type { ConcurrencyLimit } from '../../src/limits/limit.ts';

const random = seededRandom(1);

function observe(limit: ConcurrencyLimit, rttMs: number, count: number): void {
  for (let sample = 0; sample < count; sample += 1) {
    limit.observe({ rttMs, inflight: limit.limit, wasDropped: false }, random);
  }
}

describe('gradient2', () => {
  test('grows by the queue, a fifth at a time, while latency stays', () => {
    const limit = gradient2({ initialLimit: 20, queue: 10 });
    observe(limit, 10, 1);
    expect(limit.limit).toBe(22);
  });

  test('shrinks when latency leaves its average', () => {
    const limit = gradient2({ initialLimit: 100, queue: 0 });
    observe(limit, 10, 20);
    expect(limit.limit).toBe(100);
    observe(limit, 100, 1);
    expect(limit.limit).toBe(90);
  });

  test('tolerates what is within its tolerance', () => {
    const limit = gradient2({ initialLimit: 100, queue: 0 });
    observe(limit, 10, 20);
    observe(limit, 14, 20);
    expect(limit.limit).toBe(100);
  });

  test('comes back soon after a long overload', () => {
    const limit = gradient2({ initialLimit: 100, maxLimit: 100 });
    observe(limit, 10, 50);
    observe(limit, 1_000, 1_000);
    observe(limit, 10, 100);
    observe(limit, 60, 1);
    // The average is back near 10 ms, so 60 ms are an overload again.
    expect(limit.limit).toBeLessThan(100);
  });

  test('a drop is a tenth less, also while idle', () => {
    const limit = gradient2({ initialLimit: 20 });
    limit.observe({ rttMs: 0, inflight: 1, wasDropped: true }, random);
    expect(limit.limit).toBe(18);
  });

  test('an idle service proves nothing', () => {
    const limit = gradient2({ initialLimit: 20 });
    limit.observe({ rttMs: 10, inflight: 9, wasDropped: false }, random);
    expect(limit.limit).toBe(20);
  });

  test('0 on a coarse clock says nothing', () => {
    const limit = gradient2({ initialLimit: 20 });
    observe(limit, 0, 100);
    expect(limit.limit).toBe(20);
    observe(limit, 10, 10);
    expect(limit.limit).toBeGreaterThan(20);
  });

  test.each([
    [{ tolerance: 0.9 }, 'tolerance: expected a number in 1..10, got 0.9'],
    [{ queue: -1 }, 'queue: expected an integer in 0..1000000, got -1'],
    [{ smoothing: 0 }, 'smoothing: expected a number in 0.01..1, got 0'],
    [{ longWindow: NaN }, 'longWindow: expected an integer in 10..1000000, got NaN'],
    [{ maxLimit: Infinity }, 'maxLimit: expected an integer in 1..1000000, got Infinity'],
  ])('refuses %o', (options, message) => {
    expect(() => gradient2(options)).toThrow(new RangeError(message));
  });
});
