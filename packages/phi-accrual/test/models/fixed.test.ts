import { expect, test } from 'vitest';

import { createDetector } from '../../src/create-detector.ts';

test('a timeout counts from the last heartbeat, whatever was lost', () => {
  const detector = createDetector({ kind: 'fixed', intervalMs: 100, timeoutMs: 250 });
  detector.heartbeat(1, 0);
  detector.heartbeat(9, 640);
  expect([detector.suspectAtMs, detector.suspicion(700)]).toEqual([890, 60]);
});
