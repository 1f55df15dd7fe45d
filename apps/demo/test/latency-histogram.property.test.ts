import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { LatencyHistogram } from '../src/latency-histogram.ts';

const duration = fc.double({ min: 0.01, max: 60_000, noNaN: true });

describe('LatencyHistogram', () => {
  test('a percentile is within one bucket of the sorted list', () => {
    fc.assert(
      fc.property(
        fc.array(duration, { minLength: 1, maxLength: 200 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (durations, quantile) => {
          const histogram = new LatencyHistogram();
          for (const durationMs of durations) histogram.record(durationMs);
          const sorted = durations.toSorted((left, right) => left - right);
          const exact = sorted[Math.max(1, Math.ceil(quantile * sorted.length)) - 1] ?? 0;
          expect(histogram.quantileMs(quantile)).toBeGreaterThanOrEqual(exact * 0.999);
          expect(histogram.quantileMs(quantile)).toBeLessThanOrEqual(exact * 1.045);
        },
      ),
    );
  });

  test('knows nothing, and forgets', () => {
    const histogram = new LatencyHistogram();
    expect(histogram.quantileMs(0.99)).toBe(0);
    histogram.record(5);
    histogram.record(0);
    expect(histogram.count).toBe(2);
    expect(histogram.sumMs).toBe(5);
    expect(histogram.quantileMs(1)).toBe(5);
    histogram.reset();
    expect(histogram.maxMs).toBe(0);
    expect(histogram.quantileMs(0.5)).toBe(0);
  });

  test.each([Number.NaN, -1, Number.POSITIVE_INFINITY])('refuses %d', (durationMs) => {
    const histogram = new LatencyHistogram();
    expect(() => histogram.record(durationMs)).toThrow(RangeError);
    expect(histogram.count).toBe(0);
    expect(() => histogram.quantileMs(durationMs)).toThrow(RangeError);
  });

  test('a duration beyond all buckets is still counted', () => {
    const histogram = new LatencyHistogram();
    histogram.record(1e12);
    expect(histogram.quantileMs(0.5)).toBeGreaterThan(6_000_000);
  });
});
