import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { ReplayWindow } from '../src/replay-window.ts';

/** Numbers that mostly rise, with repeats, late ones, and leaps far past the window. */
const arrivals = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: fc.integer({ min: -40, max: 3 }) },
      { weight: 1, arbitrary: fc.integer({ min: 20, max: 200 }) },
    ),
    { maxLength: 200 },
  )
  .chain((moves) =>
    fc.constantFrom(0, 100, 2 ** 31 - 30, 2 ** 32 - 30, 2 ** 45).map((start) => {
      let highest = start;
      return moves.map((move) => {
        const number = Math.max(0, highest + move);
        highest = Math.max(highest, number);
        return number;
      });
    }),
  );

describe('ReplayWindow', () => {
  test('agrees with a set of everything seen, and refuses all below the window', () => {
    fc.assert(
      fc.property(arrivals, (numbers) => {
        const size = 32;
        const window = new ReplayWindow(size);
        const seen = new Set<number>();
        let highest = -1;
        for (const number of numbers) {
          highest = Math.max(highest, number);
          const isNew = !seen.has(number) && number > highest - size;
          expect(window.accept(number)).toBe(isNew);
          seen.add(number);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test.each([0, 16, 33, 48, 2 ** 31, Number.NaN])('refuses the size %s', (size) => {
    expect(() => new ReplayWindow(size)).toThrow('size: expected a power of two in 32..2^30');
  });

  test('takes the largest number there is', () => {
    const window = new ReplayWindow(64);
    expect(window.accept(Number.MAX_SAFE_INTEGER)).toBe(true);
    expect(window.accept(Number.MAX_SAFE_INTEGER)).toBe(false);
    expect(window.accept(Number.MAX_SAFE_INTEGER - 63)).toBe(true);
    expect(window.accept(Number.MAX_SAFE_INTEGER - 64)).toBe(false);
  });
});
