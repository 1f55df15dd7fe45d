import fc from 'fast-check';

import type { HybridTimestamp } from '../../src/hybrid/hybrid-timestamp.ts';

/** Any timestamp; times and counters near their ends are frequent. */
export const anyTimestamp: fc.Arbitrary<HybridTimestamp> = fc.record({
  wallMs: fc.oneof(
    fc.integer({ min: 0, max: 3 }),
    fc.integer({ min: 0xfffe, max: 0x1_0001 }),
    fc.integer({ min: 0xffff_ffff, max: 0x1_0000_0001 }),
    fc.integer({ min: 2 ** 47 - 2, max: 2 ** 47 + 1 }),
    fc.integer({ min: 2 ** 48 - 3, max: 2 ** 48 - 1 }),
    fc.integer({ min: 0, max: 2 ** 48 - 1 }),
  ),
  counter: fc.oneof(
    fc.integer({ min: 0, max: 2 }),
    fc.integer({ min: 0xfffd, max: 0xffff }),
    fc.integer({ min: 0, max: 0xffff }),
  ),
});

/** What no timestamp is, and what is said of it. */
export const noTimestamps: readonly (readonly [unknown, string])[] = [
  [{ wallMs: -1, counter: 0 }, '.wallMs: expected an integer in 0..2^48-1, got -1'],
  [{ wallMs: 2 ** 48, counter: 0 }, `.wallMs: expected an integer in 0..2^48-1, got ${2 ** 48}`],
  [{ wallMs: 2 ** 53, counter: 0 }, `.wallMs: expected an integer in 0..2^48-1, got ${2 ** 53}`],
  [{ wallMs: 0.5, counter: 0 }, '.wallMs: expected an integer in 0..2^48-1, got 0.5'],
  [{ wallMs: Number.NaN, counter: 0 }, '.wallMs: expected an integer in 0..2^48-1, got NaN'],
  [{ wallMs: Infinity, counter: 0 }, '.wallMs: expected an integer in 0..2^48-1, got Infinity'],
  [{ counter: 0 }, '.wallMs: expected an integer in 0..2^48-1, got undefined'],
  [{ wallMs: 0, counter: -1 }, '.counter: expected an integer in 0..65535, got -1'],
  [{ wallMs: 0, counter: 65_536 }, '.counter: expected an integer in 0..65535, got 65536'],
  [{ wallMs: 0, counter: 2 ** 53 }, `.counter: expected an integer in 0..65535, got ${2 ** 53}`],
  [{ wallMs: 0, counter: 1.5 }, '.counter: expected an integer in 0..65535, got 1.5'],
  [{ wallMs: 0, counter: Number.NaN }, '.counter: expected an integer in 0..65535, got NaN'],
  [{ wallMs: 0 }, '.counter: expected an integer in 0..65535, got undefined'],
];
