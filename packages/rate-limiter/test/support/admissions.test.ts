import fc from 'fast-check';
import { expect, test } from 'vitest';

import { type Admission, type Source, worstExcess } from './admissions.ts';

const rate = { burst: 10, starting: 4, perMs: 0.01 };

test('one pass finds what all pairs would', () => {
  const times = fc.array(fc.integer({ min: 0, max: 2_000 }), { minLength: 1, maxLength: 40 });
  const ends = fc.tuple(fc.integer({ min: 0, max: 900 }), fc.integer({ min: 1_000, max: 2_000 }));
  fc.assert(
    fc.property(times, fc.array(ends, { maxLength: 3 }), fc.nat(300), (each, reigns, delayMs) => {
      const admissions = each
        .toSorted((left, right) => left - right)
        .map((atMs): Admission => ({ atMs, cost: 1 }));
      const source: Source = {
        reigns: reigns.map(([fromMs, toMs]) => ({ fromMs, toMs })),
        rate,
        delayMs,
      };
      const slow = slowExcess(admissions, source);
      const fast = worstExcess(admissions, [source]);
      expect(fast === undefined ? 0 : fast.admitted - fast.bound).toBeCloseTo(slow, 6);
    }),
  );
});

test('a burst beyond the bound is found, and one within is not', () => {
  const source = { reigns: [{ fromMs: 0, toMs: 1_000 }], rate, delayMs: 100 };
  const at = (atMs: number, cost: number): Admission => ({ atMs, cost });
  expect(worstExcess([at(500, 11)], [source])).toBeUndefined();
  expect(worstExcess([at(500, 12)], [source])).toEqual({
    fromMs: 500,
    toMs: 500,
    admitted: 12,
    bound: 11,
  });
  expect(worstExcess([at(500, 11), at(600, 1)], [source])).toBeUndefined();
  expect(worstExcess([at(500, 11), at(599, 1)], [source])).toBeDefined();
});

/** The same by all pairs. */
function slowExcess(admissions: readonly Admission[], source: Source): number {
  let worst = 0;
  for (const [first, { atMs: fromMs }] of admissions.entries()) {
    for (const [last, { atMs: toMs }] of admissions.entries()) {
      if (last < first) continue;
      const excess = last - first + 1 - boundOf(source, fromMs, toMs);
      worst = Math.max(worst, excess);
    }
  }
  return worst <= 0.001 ? 0 : worst;
}

function boundOf({ reigns, delayMs }: Source, fromMs: number, toMs: number): number {
  const countedFromMs = fromMs - delayMs;
  let bound = 0;
  for (const reign of reigns) {
    const overlapMs = Math.min(toMs, reign.toMs) - Math.max(countedFromMs, reign.fromMs);
    if (reign.fromMs <= countedFromMs && countedFromMs <= reign.toMs) bound += rate.burst;
    else if (reign.fromMs > countedFromMs && reign.fromMs <= toMs) bound += rate.starting;
    bound += Math.max(0, overlapMs) * rate.perMs;
  }
  return bound;
}
