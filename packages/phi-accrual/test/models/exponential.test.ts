import { expect, test } from 'vitest';

import { createDetector } from '../../src/create-detector.ts';

test('a threshold of 8 is a timeout of 18.42 mean intervals', () => {
  const detector = createDetector({ kind: 'exponential', intervalMs: 1_000 });
  for (let beat = 0; beat < 100; beat += 1) detector.heartbeat(beat, 1_100 * beat);
  expect(detector.suspectAtMs - 1_100 * 99).toBeCloseTo(8 * Math.LN10 * 1_100, 6);
  expect(detector.suspicion(1_100 * 99 + 1_100)).toBeCloseTo(1 / Math.LN10, 12);
});
