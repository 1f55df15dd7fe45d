/*
 * What goes wrong elsewhere: the guard against learning from an outage asks whether the peer is
 * alive after it has noted the new heartbeat, so that the silence is 0 and the outage is learned.
 * From then on a crash goes unnoticed for as long as the outage was.
 */
import { describe, expect, test } from 'vitest';

import { createDetector } from '../../src/create-detector.ts';
import type { DetectorOptions } from '../../src/detector-options.ts';
import type { FailureDetector } from '../../src/detector.ts';

const kinds: readonly DetectorOptions[] = [
  { intervalMs: 1_000 },
  { kind: 'akka', intervalMs: 1_000, acceptablePauseMs: 500 },
  { kind: 'exponential', intervalMs: 1_000 },
  { kind: 'chen', intervalMs: 1_000, marginMs: 500 },
  { kind: 'bertier', intervalMs: 1_000 },
  { kind: 'two-window', intervalMs: 1_000, marginMs: 500 },
  { kind: 'histogram', intervalMs: 1_000 },
];

const wobbleMs = (beat: number): number => 7 * (beat % 11);

/** A detector after 1,500 heartbeats, and the time of the last. */
function taught(options: DetectorOptions): FailureDetector {
  const detector = createDetector(options);
  for (let beat = 0; beat < 1_500; beat += 1) {
    detector.heartbeat(beat, 1_000 * beat + wobbleMs(beat));
  }
  return detector;
}

describe.each(kinds)('%j', (options) => {
  test.each([30_000, 3_600_000])('an outage of %d ms of the peer leaves what was learned', (ms) => {
    const detector = taught(options);
    const before = detector.estimate();
    // It was stopped, and goes on counting where it was.
    detector.heartbeat(1_500, 1_500_000 + ms);
    const after = detector.estimate();
    expect(after?.intervalMs).toBe(before?.intervalMs);
    expect(after?.deviationMs).toBe(before?.deviationMs);
    expect(after?.marginMs).toBe(before?.marginMs);
    expect(after?.sampleCount).toBe(before?.sampleCount);
  });

  test('an outage of the network does not slow the detection of a crash after it', () => {
    const detector = taught(options);
    const silenceMs = detector.suspectAtMs - (1_499_000 + wobbleMs(1_499));
    // Of its heartbeats 1,500 to 5,099 none arrives.
    for (let beat = 5_100; beat < 5_140; beat += 1) {
      detector.heartbeat(beat, 1_000 * beat + wobbleMs(beat));
    }
    const laterMs = detector.suspectAtMs - (5_139_000 + wobbleMs(5_139));
    expect(laterMs).toBeLessThan(silenceMs + 150);
  });
});

test('an outage that ends in a backlog teaches nothing either', () => {
  const detector = taught({ intervalMs: 1_000 });
  const before = detector.estimate();
  for (let beat = 1_500; beat < 1_530; beat += 1) detector.heartbeat(beat, 1_530_000);
  for (let beat = 1_530; beat < 1_540; beat += 1) {
    detector.heartbeat(beat, 1_000 * beat + wobbleMs(beat));
  }
  const after = detector.estimate();
  expect(after?.intervalMs).toBe(before?.intervalMs);
  expect(after?.marginMs).toBeLessThan(1.05 * (before?.marginMs ?? 0));
});
