import { expect, test } from 'vitest';

import { createDetector } from '../../src/create-detector.ts';

/** Four heartbeats in five come after 100 ms, the fifth after 200. */
function taught(options: { readonly threshold?: number; readonly alpha?: number }): {
  readonly timeoutMs: number;
  readonly suspicionAfter: (silenceMs: number) => number;
} {
  const detector = createDetector({
    kind: 'histogram',
    intervalMs: 128,
    windowSize: 50,
    ...options,
  });
  let atMs = 0;
  for (let beat = 0; beat < 200; beat += 1) {
    atMs += beat % 5 === 0 ? 201 : 101;
    detector.heartbeat(beat, atMs);
  }
  return {
    timeoutMs: detector.suspectAtMs - atMs,
    suspicionAfter: (silenceMs) => detector.suspicion(atMs + silenceMs),
  };
}

test('suspects after a silence longer than all intervals, stretched', () => {
  expect(taught({ alpha: 1 }).timeoutMs).toBe(202);
  expect(taught({ alpha: 2 }).timeoutMs).toBe(404);
});

test('suspects after a silence longer than a share of the intervals', () => {
  expect(taught({ alpha: 1, threshold: 0.8 }).timeoutMs).toBe(102);
  expect(taught({ alpha: 1, threshold: 0.81 }).timeoutMs).toBe(202);
});

test('its suspicion is that share', () => {
  const { suspicionAfter } = taught({ alpha: 1 });
  expect([90, 150, 300].map(suspicionAfter)).toEqual([0, 0.8, 1]);
});
