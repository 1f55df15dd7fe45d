import { describe, expect, test } from 'vitest';

import { createDetector } from '../../src/create-detector.ts';

describe('the detector of Akka', () => {
  test('begins with two intervals, a quarter up and down', () => {
    const detector = createDetector({ kind: 'akka', intervalMs: 1_000 });
    detector.heartbeat(1, 0);
    expect(detector.estimate()).toMatchObject({
      intervalMs: 1_000,
      deviationMs: 250,
      sampleCount: 2,
    });
  });

  test('takes a lost heartbeat for a long interval', () => {
    const detector = createDetector({ kind: 'akka', intervalMs: 1_000 });
    detector.heartbeat(1, 0);
    detector.heartbeat(3, 2_000);
    expect(detector.estimate()?.intervalMs).toBeCloseTo(4_000 / 3, 1);
  });

  test('does not learn what ends a suspicion', () => {
    const detector = createDetector({ kind: 'akka', intervalMs: 1_000, acceptablePauseMs: 0 });
    detector.heartbeat(1, 0);
    detector.heartbeat(2, 9_000);
    expect(detector.estimate()).toMatchObject({ intervalMs: 1_000, sampleCount: 2 });
  });
});
