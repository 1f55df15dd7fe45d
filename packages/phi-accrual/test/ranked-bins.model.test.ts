import fc from 'fast-check';
import { expect, test } from 'vitest';

import { RankedBins } from '../src/ranked-bins.ts';

const BIN_COUNT = 16;

test('has the ranks and quantiles of a sorted list of its last values', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 12 }),
      fc.array(fc.integer({ min: -3, max: 20 }), { minLength: 1 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (capacity, values, share) => {
        const bins = new RankedBins(BIN_COUNT, capacity, share);
        for (const value of values) bins.push(value);
        const kept = values.slice(-capacity).map((each) => Math.max(0, Math.min(15, each)));
        const sorted = kept.toSorted((left, right) => left - right);
        expect(bins.count).toBe(sorted.length);
        for (let bin = -1; bin <= BIN_COUNT + 1; bin += 1) {
          const below = sorted.filter((each) => each < bin).length;
          expect(bins.shareBelow(bin)).toBe(below / sorted.length);
        }
        const rank = Math.max(1, Math.ceil(share * sorted.length - 1e-9));
        expect(bins.quantile()).toBe(sorted[rank - 1]);
      },
    ),
  );
});

test('is empty at first and after clear', () => {
  const bins = new RankedBins(BIN_COUNT, 3, 0);
  bins.push(4);
  bins.clear();
  expect([bins.count, bins.shareBelow(16)]).toEqual([0, 0]);
  for (const bin of [1, 2, 3, 4]) bins.push(bin);
  expect(bins.quantile()).toBe(2);
});
