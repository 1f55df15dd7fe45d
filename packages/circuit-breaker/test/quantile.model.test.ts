import fc from 'fast-check';
import { expect, test } from 'vitest';

import { RecentQuantile } from '../src/quantile.ts';

test('agrees with sorting the last samples, to a sixteenth', () => {
  const sample = fc.double({ min: 0.001, max: 1e9, noNaN: true });
  const samples = fc.array(sample, { minLength: 1, maxLength: 200 });
  const quantile = fc.double({ min: 0.01, max: 1, noNaN: true });
  fc.assert(
    fc.property(samples, quantile, fc.integer({ min: 1, max: 64 }), (all, share, size) => {
      const recent = new RecentQuantile(share, size);
      for (const [index, ms] of all.entries()) {
        recent.record(ms);
        const last = all.slice(Math.max(0, index + 1 - size), index + 1);
        const sorted = last.toSorted((left, right) => left - right);
        const exact = sorted[Math.ceil(share * sorted.length) - 1]!;
        expect(recent.valueMs()).toBeGreaterThanOrEqual(exact);
        expect(recent.valueMs()).toBeLessThanOrEqual(exact * (1 + 1 / 16));
      }
    }),
  );
});
