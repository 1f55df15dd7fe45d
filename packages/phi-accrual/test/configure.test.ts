import { seededRandom } from '@quorate/transport/system';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { configure, type QosRequirement } from '../src/configure.ts';
import { createDetector } from '../src/create-detector.ts';

const lan: QosRequirement = {
  detectionTimeMs: 30_000,
  mistakeRecurrenceMs: 30 * 86_400_000,
  mistakeDurationMs: 60_000,
  lossRate: 0.01,
  delayDeviationMs: 20,
};

/** The bound on the time between mistakes, as the paper writes it. */
function recurrence(timeMs: number, intervalMs: number, loss: number, variance: number): number {
  let product = intervalMs;
  for (let j = 1; j <= Math.ceil(timeMs / intervalMs) - 1; j += 1) {
    const square = (timeMs - j * intervalMs) ** 2;
    product *= (variance + square) / (variance + loss * square);
  }
  return product;
}

describe('configure', () => {
  test('the longest interval meets what is required, and a longer one does not', () => {
    const outcome = configure(lan);
    if (outcome.kind !== 'met') throw new Error(outcome.reason);
    const { intervalMs, marginMs, mistakeRecurrenceMs } = outcome;
    expect(intervalMs + marginMs).toBeCloseTo(30_000, 6);
    expect(mistakeRecurrenceMs).toBeGreaterThanOrEqual(lan.mistakeRecurrenceMs);
    expect(mistakeRecurrenceMs / recurrence(30_000, intervalMs, 0.01, 400)).toBeCloseTo(1, 9);
    for (let longer = intervalMs * 1.002; longer < 30_000; longer *= 1.01) {
      expect(recurrence(30_000, longer, 0.01, 400)).toBeLessThan(lan.mistakeRecurrenceMs);
    }
  });

  test('asking for more takes more heartbeats', () => {
    const intervalOf = (change: Partial<QosRequirement>): number => {
      const outcome = configure({ ...lan, ...change });
      return outcome.kind === 'met' ? outcome.intervalMs : 0;
    };
    const given = intervalOf({});
    expect(intervalOf({ detectionTimeMs: 10_000 })).toBeLessThan(given);
    expect(intervalOf({ mistakeRecurrenceMs: 1e13 })).toBeLessThan(given);
    expect(intervalOf({ lossRate: 0.2 })).toBeLessThan(given);
    expect(intervalOf({ delayDeviationMs: 3_000 })).toBeLessThan(given);
    expect(intervalOf({ mistakeDurationMs: 2_000 })).toBeLessThanOrEqual(2_000);
    expect(intervalOf({ delayMeanMs: 20_000 })).toBeLessThan(given);
  });

  test.each<[string, Partial<QosRequirement>]>([
    ['everything is lost', { lossRate: 1 }],
    ['the mean delay is longer than the detection time', { delayMeanMs: 30_000 }],
    ['a heartbeat would be due more often than a thousand times', { mistakeDurationMs: 1 }],
  ])('what cannot be met is said to be: %s', (_, change) => {
    const outcome = configure({ ...lan, ...change });
    expect(outcome.kind).toBe('unattainable');
    expect(outcome.kind === 'unattainable' && outcome.reason).toMatch(/^not to be met: /);
  });

  test('a perfect network needs one heartbeat in the detection time', () => {
    const outcome = configure({ ...lan, lossRate: 0, delayDeviationMs: 0 });
    expect(outcome.kind === 'met' && outcome.intervalMs).toBeGreaterThan(14_900);
  });

  test('answers any requirement in its ranges, and keeps what it promises', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 1e6, noNaN: true }),
        fc.double({ min: 1, max: 1e12, noNaN: true }),
        fc.double({ min: 1, max: 1e6, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1e5, noNaN: true }),
        (detectionTimeMs, mistakeRecurrenceMs, mistakeDurationMs, lossRate, delayDeviationMs) => {
          const required = { detectionTimeMs, mistakeRecurrenceMs, mistakeDurationMs };
          const outcome = configure({ ...required, lossRate, delayDeviationMs });
          if (outcome.kind === 'unattainable') return;
          expect(outcome.marginMs).toBeGreaterThan(0);
          expect(outcome.intervalMs + outcome.marginMs).toBeLessThanOrEqual(
            detectionTimeMs * (1 + 1e-12),
          );
          const bound = mistakeRecurrenceMs * (1 - 1e-9);
          expect(outcome.mistakeRecurrenceMs).toBeGreaterThanOrEqual(bound);
          expect(outcome.mistakeDurationMs).toBeLessThanOrEqual(mistakeDurationMs * (1 + 1e-9));
        },
      ),
      { numRuns: 50 },
    );
  });

  test.each<[string, Partial<QosRequirement>]>([
    ['detectionTimeMs', { detectionTimeMs: NaN }],
    ['mistakeRecurrenceMs', { mistakeRecurrenceMs: 0 }],
    ['mistakeDurationMs', { mistakeDurationMs: -1 }],
    ['lossRate', { lossRate: 1.1 }],
    ['delayDeviationMs', { delayDeviationMs: Infinity }],
    ['delayMeanMs', { delayMeanMs: NaN }],
  ])('%s is named when it is out of range', (name, change) => {
    expect(() => configure({ ...lan, ...change })).toThrow(new RegExp(`^${name}: expected `));
  });
});

/*
 * Goal: the promise holds on networks whose delays have the deviation and the loss rate that were
 * given, whatever their distribution.
 * Method: the settings drive the detector `chen` on drawn heartbeats for as long as 300 mistakes
 * may take; mistakes are counted and timed.
 */
describe.each<[string, (random: { float: () => number }) => number]>([
  ['exponential', (random) => -200 * Math.log(1 - random.float())],
  ['uniform', (random) => 200 * Math.sqrt(12) * random.float()],
  ['seldom very late', (random) => (random.float() < 0.01 ? 2_010 : 0)],
])('on a simulated network of %s delays', (_, delay) => {
  const requirement: QosRequirement = {
    detectionTimeMs: 3_000,
    mistakeRecurrenceMs: 60_000,
    mistakeDurationMs: 1_000,
    lossRate: 0.05,
    delayDeviationMs: 200,
  };

  test('mistakes are as rare and as short as promised, and a crash is seen in time', () => {
    const outcome = configure(requirement);
    if (outcome.kind !== 'met') throw new Error(outcome.reason);
    const { intervalMs, marginMs } = outcome;
    const detector = createDetector({ kind: 'chen', intervalMs, marginMs });
    const random = seededRandom(11);
    const beats = Math.ceil((300 * outcome.mistakeRecurrenceMs) / intervalMs);
    let [mistakes, suspectedMs, detectionMs, received] = [0, 0, 0, 0];
    for (let beat = 1, last = 0; beat <= beats; beat += 1) {
      const sentAtMs = beat * intervalMs;
      if (random.float() < requirement.lossRate) continue;
      const arrivedAtMs = Math.max(last, sentAtMs + delay(random));
      if (detector.suspectAtMs < arrivedAtMs && received > 100) {
        mistakes += detector.suspectAtMs > last ? 1 : 0;
        suspectedMs += arrivedAtMs - Math.max(last, detector.suspectAtMs);
      }
      detector.heartbeat(beat, arrivedAtMs);
      received += 1;
      last = arrivedAtMs;
      detectionMs += Math.max(0, detector.suspectAtMs - sentAtMs);
    }
    const elapsedMs = beats * intervalMs;
    expect(elapsedMs / Math.max(1, mistakes)).toBeGreaterThan(requirement.mistakeRecurrenceMs);
    expect(suspectedMs / Math.max(1, mistakes)).toBeLessThan(requirement.mistakeDurationMs);
    expect(detectionMs / received).toBeLessThan(requirement.detectionTimeMs + 360);
  });
});
