import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { createDetector } from '../src/create-detector.ts';
import type { DetectorOptions } from '../src/detector-options.ts';

const kinds: readonly DetectorOptions[] = [
  { intervalMs: 100 },
  { kind: 'chen', intervalMs: 100, marginMs: 50 },
  { kind: 'two-window', intervalMs: 100, marginMs: 50 },
  { kind: 'fixed', intervalMs: 100, timeoutMs: 150 },
  { kind: 'akka', intervalMs: 100, acceptablePauseMs: 20, minDeviationMs: 10 },
  { kind: 'exponential', intervalMs: 100, threshold: 0.8 },
  { kind: 'bertier', intervalMs: 100 },
  { kind: 'histogram', intervalMs: 100, windowSize: 40 },
];

describe.each(kinds)('createDetector %j', (options) => {
  test('suspects nobody of whom it has never heard', () => {
    const detector = createDetector(options);
    expect(detector.suspectAtMs).toBe(Infinity);
    expect(detector.suspicion(1e12)).toBe(0);
    expect(detector.estimate()).toBeUndefined();
  });

  test.skipIf(options.kind === 'histogram')(
    'suspects within two intervals, and not before one, whatever the times begin with',
    () => {
      for (const startMs of [-1e9, 0, 0.37, 1e12]) {
        const detector = createDetector(options);
        for (let beat = 0; beat < 50; beat += 1) detector.heartbeat(beat, startMs + 100 * beat);
        const silenceMs = detector.suspectAtMs - (startMs + 4_900);
        expect(silenceMs).toBeGreaterThan(100);
        expect(silenceMs).toBeLessThanOrEqual(200);
      }
    },
  );

  test('reaches its threshold when it says', () => {
    const detector = createDetector(options);
    for (let beat = 0; beat < 500; beat += 1) {
      detector.heartbeat(beat, 100 * beat + 7 * Math.sin(beat));
      const at = detector.suspectAtMs;
      expect(detector.suspicion(at - 1e-3)).toBeLessThan(detector.threshold);
      expect(detector.suspicion(at + 1e-3)).toBeGreaterThanOrEqual(detector.threshold);
    }
  });
});

describe.each(kinds)('the law of a detector %j', (options) => {
  const beat = fc.record({
    gap: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 40 })),
    silenceMs: fc.oneof(
      fc.double({ min: 60, max: 140, noNaN: true }),
      fc.double({ min: 0, max: 1e6, noNaN: true }),
    ),
    teaches: fc.boolean(),
  });

  test('suspicion is finite, at least 0 and never falls until the next heartbeat', () => {
    fc.assert(
      fc.property(fc.array(beat, { maxLength: 60 }), (beats) => {
        const detector = createDetector(options);
        let sequence = 0;
        let atMs = 0;
        for (const { gap, silenceMs, teaches } of beats) {
          sequence += gap;
          atMs += silenceMs;
          if (teaches) detector.heartbeat(sequence, atMs);
          else detector.witness(sequence, atMs);
          let before = 0;
          for (const laterMs of [-10, 0, 1, 90, 110, 1e3, 1e5, 1e9, 1e15]) {
            const suspicion = detector.suspicion(atMs + laterMs);
            expect(suspicion).toBeGreaterThanOrEqual(before);
            before = suspicion;
          }
          expect(before).toBeLessThan(Infinity);
          expect(before).toBeGreaterThanOrEqual(detector.threshold);
        }
      }),
    );
  });

  test('it suspects within a bound of the last heartbeat, whatever came before', () => {
    fc.assert(
      fc.property(fc.array(beat, { minLength: 1, maxLength: 60 }), (beats) => {
        const detector = createDetector(options);
        let sequence = 0;
        let atMs = 0;
        for (const { gap, silenceMs, teaches } of beats) {
          sequence += gap;
          atMs += silenceMs;
          if (teaches) detector.heartbeat(sequence, atMs);
          else detector.witness(sequence, atMs);
        }
        const { marginMs, intervalMs } = detector.estimate() ?? { marginMs: 0, intervalMs: 0 };
        // A hundred losses may be tolerated if there were as many before, in heartbeats of a row.
        const boundMs = 100 * intervalMs + 2 * marginMs + 2e6;
        expect(detector.suspectAtMs - atMs).toBeLessThan(boundMs);
      }),
    );
  });

  test('after reset, it is as new', () => {
    const used = createDetector(options);
    const fresh = createDetector(options);
    for (let beat = 1; beat <= 300; beat += 1) used.heartbeat(7 * beat, 133 * beat + (beat % 7));
    used.reset();
    expect(used.suspectAtMs).toBe(Infinity);
    expect(used.estimate()).toBeUndefined();
    for (let beat = 1; beat <= 40; beat += 1) {
      used.heartbeat(beat, 100 * beat + (beat % 3));
      fresh.heartbeat(beat, 100 * beat + (beat % 3));
      expect(used.suspectAtMs).toBe(fresh.suspectAtMs);
    }
    expect(used.estimate()).toEqual(fresh.estimate());
  });

  test('it refuses what is no heartbeat, and nothing has changed', () => {
    const detector = createDetector(options);
    detector.heartbeat(5, 1_000);
    const before = [detector.suspectAtMs, detector.estimate()];
    for (const sequence of [5, 4, -1, NaN, Infinity, 2 ** 53, 6.5]) {
      expect(() => {
        detector.heartbeat(sequence, 1_100);
      }).toThrow(/^sequence: expected a safe integer of at least 6, got /);
    }
    for (const atMs of [999, NaN, Infinity, -Infinity, 2 ** 53 + 2]) {
      expect(() => {
        detector.witness(6, atMs);
      }).toThrow(/^arrivedAtMs: expected a number in 1000..9007199254740992, got /);
    }
    for (const nowMs of [NaN, Infinity, -Infinity]) {
      expect(() => detector.suspicion(nowMs)).toThrow(/^nowMs: expected a finite number, got /);
    }
    expect([detector.suspectAtMs, detector.estimate()]).toEqual(before);
  });

  test('the largest numbers put off no detection', () => {
    const detector = createDetector(options);
    detector.heartbeat(1, 0);
    detector.heartbeat(2, 100);
    detector.heartbeat(Number.MAX_SAFE_INTEGER, 200);
    expect(detector.suspectAtMs).toBeLessThan(1_000);
    detector.reset();
    detector.heartbeat(0, -(2 ** 53));
    detector.heartbeat(1, 2 ** 53);
    expect(detector.suspicion(Number.MAX_VALUE)).toBeLessThan(Infinity);
  });
});

describe('hostile input', () => {
  test.each<[string, object]>([
    ['intervalMs', { intervalMs: NaN }],
    ['intervalMs', { intervalMs: -1 }],
    ['intervalMs', {}],
    ['threshold', { intervalMs: 100, threshold: 0 }],
    ['windowSize', { intervalMs: 100, windowSize: 2 ** 53 }],
    ['threshold', { intervalMs: 100, threshold: NaN }],
    ['minDeviationRatio', { intervalMs: 100, minDeviationRatio: 0 }],
    ['threshold', { kind: 'histogram', intervalMs: 100, threshold: 1.5 }],
    ['alpha', { kind: 'histogram', intervalMs: 100, alpha: -1 }],
    ['minDeviationMs', { kind: 'akka', intervalMs: 100, minDeviationMs: 0 }],
    ['relearnAfter', { kind: 'exponential', intervalMs: 100, relearnAfter: '3' }],
    ['gamma', { kind: 'bertier', intervalMs: 100, gamma: 2 }],
    ['intervalMs', { kind: 'akka', intervalMs: '100' }],
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
