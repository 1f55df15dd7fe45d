/*
 * What goes wrong elsewhere: intervals that never vary have a deviation of 0, so that phi is 0 / 0
 * or jumps from 0 to infinity within a millisecond; without samples, or with one, there is no mean.
 */
import { describe, expect, test } from 'vitest';

import { createDetector } from '../../src/create-detector.ts';
import type { DetectorOptions } from '../../src/detector-options.ts';

const kinds: readonly DetectorOptions[] = [
  { intervalMs: 1_000, priorDeviation: 0, minDeviationRatio: 1e-6 },
  { kind: 'akka', intervalMs: 1_000, acceptablePauseMs: 0, minDeviationMs: 1e-3 },
  { kind: 'exponential', intervalMs: 1_000 },
  { kind: 'chen', intervalMs: 1_000, marginMs: Number.MIN_VALUE },
  { kind: 'bertier', intervalMs: 1_000, minMarginMs: 1 / 16 },
  { kind: 'two-window', intervalMs: 1_000, marginMs: 1 },
  { kind: 'histogram', intervalMs: 1_000, alpha: 1 },
  { kind: 'fixed', intervalMs: 1_000, timeoutMs: 1 },
];

describe.each(kinds)('%j', (options) => {
  test.each([1, 2, 3, 5_000])(
    'after %d heartbeats that never vary, all numbers are numbers',
    (n) => {
      const detector = createDetector(options);
      for (let beat = 0; beat < n; beat += 1) detector.heartbeat(beat, 1_000 * beat);
      const lastMs = 1_000 * (n - 1);
      expect(Number.isFinite(detector.suspectAtMs)).toBe(true);
      for (const silenceMs of [0, 999.999, 1_000, 1_000.001, 1_500, 1e6, 1e12]) {
        const suspicion = detector.suspicion(lastMs + silenceMs);
        expect(suspicion).toBeGreaterThanOrEqual(0);
        expect(suspicion).toBeLessThan(Infinity);
      }
      for (const value of Object.values(detector.estimate() ?? {})) {
        expect(Number.isFinite(value)).toBe(true);
      }
    },
  );

  test('without a heartbeat nobody is suspected', () => {
    expect(createDetector(options)).toMatchObject({ suspectAtMs: Infinity });
    expect(createDetector(options).suspicion(1e15)).toBe(0);
  });
});

test('a peer is suspected at the threshold, not beyond it', () => {
  const detector = createDetector({ kind: 'fixed', intervalMs: 100, timeoutMs: 250 });
  detector.heartbeat(0, 0);
  expect(detector.suspectAtMs).toBe(250);
  expect(detector.suspicion(250)).toBe(detector.threshold);
});
