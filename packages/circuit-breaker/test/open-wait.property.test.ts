import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { DELAY_MS_MAX } from '../src/bounds.ts';
import { openWaitMs, openWaitSettings } from '../src/open-wait.ts';

const draw = fc.double({ min: 0, max: 0.999_999, noNaN: true });
const wait = fc
  .record({
    initialMs: fc.double({ min: 0, max: DELAY_MS_MAX, noNaN: true }),
    factor: fc.double({ min: 1, max: 1_000, noNaN: true }),
    jitter: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map((options) => openWaitSettings(options));

describe('an open wait', () => {
  test('is finite, not negative and at most its cap, however many openings there were', () => {
    fc.assert(
      fc.property(wait, fc.integer({ min: 1, max: 2 ** 40 }), draw, (settings, opening, drawn) => {
        const waitMs = openWaitMs(settings, opening, drawn);
        expect(Number.isFinite(waitMs)).toBe(true);
        expect(waitMs).toBeGreaterThanOrEqual(0);
        expect(waitMs).toBeLessThanOrEqual(settings.maxMs);
      }),
    );
  });

  test('never shrinks from one opening to the next at the same draw', () => {
    fc.assert(
      fc.property(wait, fc.integer({ min: 1, max: 5_000 }), draw, (settings, opening, drawn) => {
        const before = openWaitMs(settings, opening, drawn);
        expect(openWaitMs(settings, opening + 1, drawn)).toBeGreaterThanOrEqual(before);
      }),
    );
  });

  test('is as long, less the share that chance may take off', () => {
    fc.assert(
      fc.property(wait, fc.integer({ min: 1, max: 100 }), draw, (settings, opening, drawn) => {
        const whole = openWaitMs(settings, opening, 0);
        const waitMs = openWaitMs(settings, opening, drawn);
        expect(waitMs).toBeLessThanOrEqual(whole);
        expect(waitMs).toBeGreaterThanOrEqual(whole * (1 - settings.jitter) * (1 - 1e-12));
      }),
    );
  });
});
