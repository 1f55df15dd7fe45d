import * as fc from 'fast-check';
import type { HistoryDraw } from './random-history.ts';

const edit = fc.tuple(fc.nat({ max: 60 }), fc.integer({ min: -4, max: 5 }));

/** Histories of up to five authors who know more or less of each other. */
export const historyDraws: fc.Arbitrary<HistoryDraw[]> = fc.array(
  fc.tuple(
    fc.nat({ max: 4 }),
    fc.nat({ max: 1000 }),
    fc.array(edit, { minLength: 1, maxLength: 4, size: 'max' }),
  ),
  { maxLength: 30, size: 'max' },
);
