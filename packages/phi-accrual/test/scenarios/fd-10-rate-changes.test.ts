/*
 * What goes wrong elsewhere: who never learns from late heartbeats never learns that a peer has
 * become slower, and suspects it for ever, once for each heartbeat; who learns from all of them
 * takes the next outage for an interval.
 *
 * A detector that follows makes at most as many mistakes as it needs late heartbeats in a row to
 * believe them (`relearnAfter`), and a few more while it does not know the interval to the digit.
 */
import { seededRandom } from '@quorate/transport/system';
import { describe, expect, test } from 'vitest';

import { createDetector } from '../../src/create-detector.ts';
import type { DetectorOptions } from '../../src/detector-options.ts';

const scheduled: readonly DetectorOptions[] = [
  { intervalMs: 100 },
  { kind: 'chen', intervalMs: 100, marginMs: 60 },
  { kind: 'two-window', intervalMs: 100, marginMs: 60 },
  { kind: 'bertier', intervalMs: 100, minMarginMs: 60 },
];

interface Aftermath {
  readonly mistakes: number;
  /** After how long a crash is suspected in the end. */
  readonly silenceMs: number;
}

/** What becomes of a peer that sends every 100 ms, then every `thenMs`. */
function aftermath(options: DetectorOptions, thenMs: number, jitterMs: number): Aftermath {
  const detector = createDetector(options);
  const random = seededRandom(21);
  let sentAtMs = 0;
  let arrivedAtMs = 0;
  let mistakes = 0;
  for (let beat = 0; beat < 2_600; beat += 1) {
    sentAtMs += beat < 1_500 ? 100 : thenMs;
    arrivedAtMs = Math.max(arrivedAtMs, sentAtMs + jitterMs * random.float());
    if (beat >= 1_500 && detector.suspectAtMs <= arrivedAtMs) mistakes += 1;
    detector.heartbeat(beat, arrivedAtMs);
  }
  return { mistakes, silenceMs: detector.suspectAtMs - sentAtMs };
}

describe.each(scheduled)('%j', (options) => {
  test.each([3, 10, 40, 80, 130, 200, 500, 1_000, 9_000])(
    'from 100 to %d ms: at most 4 mistakes, and a crash is detected in the new time',
    (thenMs) => {
      const { mistakes, silenceMs } = aftermath(options, thenMs, 0);
      expect(mistakes).toBeLessThanOrEqual(4);
      expect(silenceMs).toBeLessThan(2 * thenMs + 120);
    },
  );

  test.each([97, 99, 101, 103])('from 100 to %d ms: a few mistakes', (thenMs) => {
    const { mistakes, silenceMs } = aftermath(options, thenMs, 0);
    expect(mistakes).toBeLessThanOrEqual(60);
    expect(silenceMs).toBeLessThan(2 * thenMs + 120);
  });

  test.each([20, 50, 300, 1_000])('from 100 to %d ms with jitter: a few mistakes', (thenMs) => {
    const { mistakes, silenceMs } = aftermath(options, thenMs, 20);
    expect(mistakes).toBeLessThanOrEqual(12);
    expect(silenceMs).toBeLessThan(2 * thenMs + 150);
  });
});

describe.each<DetectorOptions>([
  { kind: 'exponential', intervalMs: 100, threshold: 1 },
  { kind: 'histogram', intervalMs: 100 },
])('%j', (options) => {
  test.each([50, 500, 1_000, 9_000])('from 100 to %d ms: at most 4 mistakes', (thenMs) => {
    expect(aftermath(options, thenMs, 5).mistakes).toBeLessThanOrEqual(4);
  });
});

test('two late heartbeats in a row are not believed yet, and a third is', () => {
  const detector = createDetector({ intervalMs: 100 });
  for (let beat = 0; beat < 500; beat += 1) detector.heartbeat(beat, 100 * beat);
  detector.heartbeat(500, 50_900);
  detector.heartbeat(501, 51_900);
  expect(detector.estimate()?.intervalMs).toBeCloseTo(100, 6);
  detector.heartbeat(502, 52_900);
  expect(detector.estimate()?.intervalMs).toBe(1_000);
});

test('a peer of whose heartbeats 59 of 60 are lost is not suspected for ever', () => {
  const detector = createDetector({ intervalMs: 1_000 });
  let mistakes = 0;
  for (let beat = 0; beat < 3_000; beat += beat < 600 ? 1 : 60) {
    if (detector.suspectAtMs <= 1_000 * beat) mistakes += 1;
    detector.heartbeat(beat, 1_000 * beat);
  }
  expect(mistakes).toBe(3);
  expect(detector.suspectAtMs - 2_940_000).toBeLessThan(2 * 60_000);
});
