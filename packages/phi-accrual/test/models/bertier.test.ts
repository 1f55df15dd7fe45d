import { expect, test } from 'vitest';

import { createDetector } from '../../src/create-detector.ts';

test('the margin follows the errors of the expectation as the recurrence says', () => {
  const detector = createDetector({ kind: 'bertier', intervalMs: 100, minMarginMs: 1 });
  const latenessMs = [0, 16, 8, 4, 12, 40, 0];
  let delay = 0;
  let spread = 25;
  for (const [beat, late] of latenessMs.entries()) {
    const expectedAtMs = detector.estimate()?.expectedAtMs;
    detector.heartbeat(beat, 100 * beat + late);
    if (expectedAtMs === undefined) continue;
    const error = 100 * beat + late - expectedAtMs - delay;
    delay += 0.1 * error;
    spread += 0.1 * (Math.abs(error) - spread);
    expect(detector.estimate()?.marginMs).toBeCloseTo(delay + 4 * spread, 9);
  }
});

test('the margin has a floor', () => {
  const detector = createDetector({ kind: 'bertier', intervalMs: 100 });
  for (let beat = 0; beat < 1_000; beat += 1) detector.heartbeat(beat, 100 * beat);
  expect(detector.estimate()?.marginMs).toBe(5);
  expect(detector.suspicion(100_002.5)).toBeCloseTo(0.5, 3);
});
