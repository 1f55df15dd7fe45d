/**
 * Elsewhere: a window turns by one bucket for each call, so that after an hour without calls the
 * failures of an hour ago still count.
 *
 * Protection: the head moves to the bucket of now, however far that is (`advance`,
 * `time-window.ts`).
 */
import { describe, expect, test } from 'vitest';

import { scene } from '../support/scene.ts';

describe('a window of time after a long silence', () => {
  test('holds the one call that came after it', async () => {
    const { breaker, clock, calls } = scene({
      trip: { kind: 'timeWindow', durationMs: 1_000, bucketCount: 10, minimumCalls: 100 },
    });
    for (let bucket = 0; bucket < 10; bucket += 1) {
      await calls('bad', 'bad', 'bad', 'bad');
      clock.advance(100);
    }
    clock.advance(100 * 1_000);
    await calls('ok');
    expect(breaker.status().counts).toEqual({ total: 1, failed: 0, slow: 0, slowFailed: 0 });
  });
});
