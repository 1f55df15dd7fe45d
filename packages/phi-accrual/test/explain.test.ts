import { describe, expect, test } from 'vitest';

import { createDetector } from '../src/create-detector.ts';
import type { DetectorOptions } from '../src/detector-options.ts';
import { explain } from '../src/explain.ts';

function sentenceAfter(options: DetectorOptions, silenceMs: number): string {
  const detector = createDetector(options);
  for (let beat = 1; beat <= 500; beat += 1) detector.heartbeat(beat, 1_000 * beat);
  return explain(detector, 500_000 + silenceMs).sentence;
}

describe('explain', () => {
  test('knows nothing before the first heartbeat', () => {
    const explanation = explain(createDetector({ intervalMs: 1_000 }), 77);
    expect(explanation).toMatchObject({ verdict: 'unknown', suspicion: 0, silenceMs: 0 });
    expect(explanation.sentence).toBe('Unknown: no heartbeat has arrived yet.');
  });

  test('says as data what the detector knows', () => {
    const detector = createDetector({ kind: 'chen', intervalMs: 1_000, marginMs: 300 });
    detector.heartbeat(4, 2_000);
    expect(explain(detector, 2_900)).toMatchObject({ verdict: 'trusted', lateMs: -100 });
    expect(explain(detector, 3_400)).toMatchObject({
      verdict: 'suspected',
      kind: 'chen',
      suspicion: 400,
      threshold: 300,
      silenceMs: 1_400,
      lateMs: 400,
      estimate: { intervalMs: 1_000, expectedAtMs: 3_000, marginMs: 300, lastSequence: 4 },
    });
  });

  test('agrees with the time from which the peer is suspected', () => {
    const detector = createDetector({ intervalMs: 1_000 });
    for (let beat = 1; beat <= 50; beat += 1) detector.heartbeat(beat, 1_000 * beat);
    const at = detector.suspectAtMs;
    expect(explain(detector, at - 1).verdict).toBe('trusted');
    expect(explain(detector, at).verdict).toBe('suspected');
  });

  test.each<[DetectorOptions, number, string]>([
    [
      { intervalMs: 1_000 },
      700,
      'Trusted: the heartbeat after 500 is due in 300 ms; it may be 491 ms late, where phi is 8, ' +
        'and phi is 0.000132.',
    ],
    [
      { intervalMs: 1_000 },
      2_000,
      'Suspected: the heartbeat after 500 is 1000 ms late, 11.4 deviations of 87.5 ms; ' +
        'it may be 491 ms late, where phi is 8, and phi is 29.8.',
    ],
    [
      { kind: 'fixed', intervalMs: 1_000, timeoutMs: 1_500 },
      2_000,
      'Suspected: the heartbeat after 500 is 1000 ms late; the timeout is 1500 ms, and the ' +
        'silence 2000 ms.',
    ],
    [
      { kind: 'two-window', intervalMs: 1_000, marginMs: 120 },
      1_050,
      'Trusted: the heartbeat after 500 is 50 ms late; it may be 120 ms late.',
    ],
    [
      { kind: 'histogram', intervalMs: 1_000 },
      1_100,
      'Trusted: the heartbeat after 500 is 100 ms late; it may be 1273 ms late, and 0 % of ' +
        'the known intervals are shorter.',
    ],
  ])('%j after %d ms of silence: %s', (options, silenceMs, sentence) => {
    expect(sentenceAfter(options, silenceMs)).toBe(sentence);
  });
});
