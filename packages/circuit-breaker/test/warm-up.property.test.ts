import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { WarmUp, warmUpSettings } from '../src/warm-up.ts';

const settings = fc
  .record({
    durationMs: fc.integer({ min: 1, max: 10_000 }),
    initialShare: fc.double({ min: 0.001, max: 1, noNaN: true }),
  })
  .map((options) => warmUpSettings(options));

describe('a warm-up', () => {
  test('admits as many calls as the shares of their moments add up to, give or take one', () => {
    const gaps = fc.array(fc.nat(50), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(settings, gaps, (given, gapsMs) => {
        const ramp = new WarmUp(given, 0);
        let [nowMs, admitted, shares] = [0, 0, 0];
        for (const gapMs of gapsMs) {
          nowMs += gapMs;
          shares += ramp.share(nowMs);
          if (ramp.admits(nowMs)) admitted += 1;
          expect(admitted).toBeLessThanOrEqual(shares + 1 + 1e-9);
          expect(admitted).toBeGreaterThan(shares - 1 - 1e-9);
        }
      }),
    );
  });

  test('lets in more and more, from the initial share to everything', () => {
    fc.assert(
      fc.property(settings, fc.nat(20_000), fc.nat(20_000), (given, oneMs, otherMs) => {
        const ramp = new WarmUp(given, 0);
        const [earlyMs, lateMs] = [Math.min(oneMs, otherMs), Math.max(oneMs, otherMs)];
        expect(ramp.share(lateMs)).toBeGreaterThanOrEqual(ramp.share(earlyMs));
        expect(ramp.share(0)).toBeCloseTo(given.initialShare);
        expect(ramp.share(given.durationMs)).toBe(1);
      }),
    );
  });
});
