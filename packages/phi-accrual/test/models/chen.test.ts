import { expect, test } from 'vitest';

import { createDetector } from '../../src/create-detector.ts';

test('chen: the freshness point is the mean lateness, the next heartbeat, and alpha', () => {
  const detector = createDetector({ kind: 'chen', intervalMs: 100, marginMs: 30, windowSize: 4 });
  const latenessMs = [0, 16, 8, 4, 12];
  for (const [beat, late] of latenessMs.entries()) detector.heartbeat(beat, 100 * beat + late);
  expect(detector.suspectAtMs).toBe(500 + (16 + 8 + 4 + 12) / 4 + 30);
  expect(detector.suspicion(525)).toBe(15);
  expect(detector.suspicion(505)).toBe(0);
});

test('two-window: the later of the means of both windows', () => {
  const detector = createDetector({
    kind: 'two-window',
    intervalMs: 100,
    marginMs: 30,
    windowSize: 4,
    shortWindowSize: 2,
  });
  const latenessMs = [0, 16, 8, 4, 12];
  for (const [beat, late] of latenessMs.entries()) detector.heartbeat(beat, 100 * beat + late);
  expect(detector.suspectAtMs).toBe(500 + 10 + 30);
  detector.heartbeat(5, 532);
  expect(detector.suspectAtMs).toBe(600 + (12 + 32) / 2 + 30);
});
