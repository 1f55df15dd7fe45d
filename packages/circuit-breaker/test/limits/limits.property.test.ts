import { seededRandom } from '@quorate/transport/system';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { aimd } from '../../src/limits/aimd.ts';
import { gradient2 } from '../../src/limits/gradient2.ts';
import type { ConcurrencyLimit, LimitRange, LimitSample } from '../../src/limits/limit.ts';
import { vegas } from '../../src/limits/vegas.ts';

const range = fc
  .tuple(fc.integer({ min: 1, max: 500 }), fc.nat(500), fc.nat(500))
  .map(([minLimit, above, more]) => ({
    ...{ minLimit, initialLimit: minLimit + above, maxLimit: minLimit + above + more },
  }));

const sample: fc.Arbitrary<LimitSample> = fc.record({
  rttMs: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1e6, noNaN: true })),
  inflight: fc.integer({ min: 1, max: 2_000 }),
  wasDropped: fc.boolean(),
});

describe.each<[string, (options: LimitRange) => ConcurrencyLimit]>([
  ['aimd', aimd],
  ['vegas', vegas],
  ['gradient2', gradient2],
])('%s', (_name, algorithm) => {
  test('stays an integer within its range, whatever it is told', () => {
    fc.assert(
      fc.property(range, fc.array(sample, { maxLength: 200 }), fc.nat(), (ends, samples, seed) => {
        const random = seededRandom(seed);
        const limit = algorithm(ends);
        for (const one of samples) {
          limit.observe(one, random);
          expect(Number.isSafeInteger(limit.limit)).toBe(true);
          expect(limit.limit).toBeGreaterThanOrEqual(ends.minLimit);
          expect(limit.limit).toBeLessThanOrEqual(ends.maxLimit);
        }
      }),
    );
  });

  test('does not grow while less than half of it is in use', () => {
    fc.assert(
      fc.property(range, fc.array(sample, { maxLength: 200 }), fc.nat(), (ends, samples, seed) => {
        const random = seededRandom(seed);
        const limit = algorithm(ends);
        for (const one of samples) {
          const before = limit.limit;
          const inflight = Math.min(one.inflight, Math.ceil(before / 2) - 1);
          limit.observe({ ...one, inflight }, random);
          expect(limit.limit).toBeLessThanOrEqual(before);
        }
      }),
    );
  });

  test('does not grow on a drop, however quick it was', () => {
    fc.assert(
      fc.property(range, fc.array(sample, { maxLength: 100 }), fc.nat(), (ends, samples, seed) => {
        const random = seededRandom(seed);
        const limit = algorithm(ends);
        for (const one of samples) {
          const before = limit.limit;
          limit.observe({ ...one, wasDropped: true }, random);
          expect(limit.limit).toBeLessThanOrEqual(before);
        }
      }),
    );
  });
});
