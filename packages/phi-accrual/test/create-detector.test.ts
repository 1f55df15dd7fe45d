import { describe, expect, test } from 'vitest';

import { createDetector } from '../src/create-detector.ts';
import type { DetectorOptions } from '../src/detector-options.ts';

const kinds: readonly DetectorOptions[] = [
  { intervalMs: 100 },
  { kind: 'chen', intervalMs: 100, marginMs: 50 },
  { kind: 'two-window', intervalMs: 100, marginMs: 50 },
  { kind: 'fixed', intervalMs: 100, timeoutMs: 150 },
];

describe.each(kinds)('createDetector %j', (options) => {
  test('suspects nobody of whom it has never heard', () => {
    const detector = createDetector(options);
    expect(detector.suspectAtMs).toBe(Infinity);
    expect(detector.suspicion(1e12)).toBe(0);
    expect(detector.estimate()).toBeUndefined();
  });

  test('suspects within two intervals, and not before one, whatever the times begin with', () => {
    for (const startMs of [-1e9, 0, 0.37, 1e12]) {
      const detector = createDetector(options);
      for (let beat = 0; beat < 50; beat += 1) detector.heartbeat(beat, startMs + 100 * beat);
      const silenceMs = detector.suspectAtMs - (startMs + 4_900);
      expect(silenceMs).toBeGreaterThan(100);
      expect(silenceMs).toBeLessThanOrEqual(200);
    }
  });

  test('reaches its threshold when it says', () => {
    const detector = createDetector(options);
    for (let beat = 0; beat < 500; beat += 1) {
      detector.heartbeat(beat, 100 * beat + 7 * Math.sin(beat));
      const at = detector.suspectAtMs;
      expect(detector.suspicion(at - 1e-3)).toBeLessThan(detector.threshold);
      expect(detector.suspicion(at + 1e-3)).toBeGreaterThan(detector.threshold);
    }
  });
});

describe('hostile input', () => {
  test.each<[string, object]>([
    ['intervalMs', { intervalMs: NaN }],
    ['intervalMs', { intervalMs: -1 }],
    ['intervalMs', {}],
    ['threshold', { intervalMs: 100, threshold: 0 }],
    ['windowSize', { intervalMs: 100, windowSize: 2 ** 53 }],
    ['kind', { kind: '__proto__', intervalMs: 100 }],
    ['kind', { kind: 'constructor', intervalMs: 100 }],
    ['marginMs', { kind: 'chen', intervalMs: 100 }],
    ['timeoutMs', { kind: 'fixed', intervalMs: 100, timeoutMs: Infinity }],
  ])('%s is named when it is out of range: %j', (name, options) => {
    // @ts-expect-error -- a caller without types
    expect(() => createDetector(options)).toThrow(new RegExp(`^${name}: expected `));
  });

  test.each([undefined, null, 'normal', [], 7])('%j is no options', (options) => {
    // @ts-expect-error -- a caller without types
    expect(() => createDetector(options)).toThrow(/^options: expected an object, got /);
  });
});
