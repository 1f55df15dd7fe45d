/**
 * Elsewhere: a circuit that was opened by hand is half open again when a timer fires.
 *
 * Protection: `forceOpen` has no end in time; `trip` has, and says so.
 */
import { describe, expect, test } from 'vitest';

import { scene } from '../support/scene.ts';

describe.each(['call', 'timer'] as const)(
  'a circuit opened by hand, half open by %s',
  (halfOpenBy) => {
    test('is not tried again by itself when it was forced', () => {
      const { breaker, clock } = scene({ halfOpenBy });
      breaker.forceOpen();
      clock.advance(365 * 86_400_000);
      expect(breaker.tryAcquire()).toMatchObject({ kind: 'refused', reason: 'forcedOpen' });
    });

    test('is tried again after as long as was asked for', () => {
      const { breaker, clock } = scene({ halfOpenBy });
      breaker.trip(60_000);
      clock.advance(59_999);
      expect(breaker.tryAcquire()).toMatchObject({ kind: 'refused', retryAfterMs: 1 });
      clock.advance(1);
      expect(breaker.tryAcquire().kind).toBe('admitted');
    });

    test('waits as usual when nothing was asked for', () => {
      const { breaker, clock } = scene({ halfOpenBy });
      breaker.trip();
      expect(breaker.retryAfterMs).toBe(1_000);
      clock.advance(1_000);
      expect(breaker.tryAcquire().kind).toBe('admitted');
    });
  },
);
