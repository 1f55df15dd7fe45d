/*
 * What goes wrong elsewhere: intervals are differences of the wall clock. It is set back by a day,
 * and intervals are negative; it is set forward, and all peers are dead.
 *
 * A detector takes times of one monotonic clock, so that the wall clock has no way in. What is left
 * is a caller that passes it after all: times that go back are refused, whatever the zero of the
 * clock is makes no difference, and a leap forward is an outage, of which nothing is learned.
 */
import { describe, expect, test } from 'vitest';

import { createDetector } from '../../src/create-detector.ts';
import type { DetectorOptions } from '../../src/detector-options.ts';

const DAY_MS = 86_400_000;

const kinds: readonly DetectorOptions[] = [
  { intervalMs: 1_000 },
  { kind: 'chen', intervalMs: 1_000, marginMs: 500 },
  { kind: 'bertier', intervalMs: 1_000 },
  { kind: 'two-window', intervalMs: 1_000, marginMs: 500 },
];

describe.each(kinds)('%j', (options) => {
  test('the zero of the clock makes no difference', () => {
    const deadlines = [0, -DAY_MS, 2 ** 40].map((zeroMs) => {
      const detector = createDetector(options);
      for (let beat = 0; beat < 400; beat += 1) {
        detector.heartbeat(beat, zeroMs + 1_000 * beat + (beat % 5));
      }
      return detector.suspectAtMs - zeroMs;
    });
    expect(deadlines[1]).toBeCloseTo(deadlines[0] ?? NaN, 3);
    expect(deadlines[2]).toBeCloseTo(deadlines[0] ?? NaN, 3);
  });

  test('a leap back is refused, and life goes on', () => {
    const detector = createDetector(options);
    for (let beat = 0; beat < 400; beat += 1) detector.heartbeat(beat, DAY_MS + 1_000 * beat);
    const { suspectAtMs } = detector;
    expect(() => {
      detector.heartbeat(400, 400_000);
    }).toThrow(/^arrivedAtMs: expected a number in /);
    expect(detector.suspectAtMs).toBe(suspectAtMs);
    expect(detector.suspicion(0)).toBeLessThan(detector.threshold);
    detector.heartbeat(400, DAY_MS + 400_000);
    expect(detector.suspectAtMs).toBeCloseTo(suspectAtMs + 1_000, 0);
  });

  test('after a leap forward, a few heartbeats are enough', () => {
    const detector = createDetector(options);
    let atMs = 0;
    for (let beat = 0; beat < 400; beat += 1) {
      atMs = 1_000 * beat;
      detector.heartbeat(beat, atMs);
    }
    const silenceMs = detector.suspectAtMs - atMs;
    for (let beat = 400; beat < 410; beat += 1) {
      atMs = DAY_MS + 1_000 * beat;
      detector.heartbeat(beat, atMs);
    }
    expect(detector.suspectAtMs - atMs).toBeLessThan(silenceMs + 100);
    expect(detector.suspectAtMs - atMs).toBeGreaterThan(1_000);
  });
});
