import { describe, expect, test } from 'vitest';

import { createDetector } from '../../src/create-detector.ts';
import type { NormalOptions } from '../../src/detector-options.ts';

/** The margin after a thousand heartbeats, every second one late by `wobbleMs`. */
function marginMs(options: Partial<NormalOptions>, wobbleMs: number): number {
  const detector = createDetector({ intervalMs: 1_000, ...options });
  for (let beat = 0; beat < 1_000; beat += 1) {
    detector.heartbeat(beat, 1_000 * beat + (beat % 2) * wobbleMs);
  }
  return detector.estimate()?.marginMs ?? NaN;
}

describe('the margin of the default model', () => {
  test('is half an interval on a quiet network', () => {
    expect(marginMs({}, 0)).toBeGreaterThan(485);
    expect(marginMs({}, 0)).toBeLessThan(500);
  });

  test('has a least deviation in ms, and one in intervals', () => {
    expect(marginMs({ minDeviationMs: 100 }, 0)).toBeCloseTo(561.2, 1);
    expect(marginMs({ minDeviationRatio: 0.2 }, 0)).toBeCloseTo(1_122.4, 1);
  });

  test('has the acceptable pause on top', () => {
    expect(marginMs({ acceptablePauseMs: 3_000 }, 0) - marginMs({}, 0)).toBe(3_000);
  });

  test('grows with the deviation and with the threshold', () => {
    expect(marginMs({}, 400) / marginMs({}, 200)).toBeGreaterThan(1.5);
    expect(marginMs({ threshold: 16 }, 400) / marginMs({}, 400)).toBeCloseTo(8.222 / 5.612, 1);
  });
});

test('phi is the exact tail of the lateness in deviations', () => {
  const detector = createDetector({ intervalMs: 100, minDeviationMs: 10, priorDeviation: 0 });
  for (let beat = 0; beat < 50; beat += 1) detector.heartbeat(beat, 100 * beat);
  expect(detector.suspicion(5_000)).toBeCloseTo(0.30103, 5);
  expect(detector.suspicion(5_070)).toBeCloseTo(11.892854, 5);
  expect(detector.suspicion(5_500)).toBeCloseTo(544.966336, 5);
});

test('the prior makes the first margins wider, and fades', () => {
  const detector = createDetector({ intervalMs: 1_000 });
  const margins: number[] = [];
  for (let beat = 0; beat < 60; beat += 1) {
    detector.heartbeat(beat, 1_000 * beat);
    margins.push(detector.estimate()?.marginMs ?? NaN);
  }
  expect(margins[0]).toBeCloseTo(5.612 * 250, 0);
  expect(margins).toEqual(margins.toSorted((left, right) => right - left));
  expect(margins.at(-1)).toBeLessThan(500);
});
