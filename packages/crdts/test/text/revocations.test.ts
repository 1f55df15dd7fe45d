import fc from 'fast-check';
import { expect, test } from 'vitest';

import { Revocations } from '../../src/text/revocations.ts';

/** Event 0 is an edit; each other one revokes an earlier one. */
const revoked = [-1, 0, 1, 2, 0, 4];
const revocations = (): Revocations => new Revocations((lv) => revoked[lv] ?? -1);

test('what revokes a revocation brings back what that one revoked', () => {
  const version = revocations();
  expect(version.areAny).toBe(false);
  expect(version.shift(1, 1)).toBe(0);
  expect(version.has(0)).toBe(true);
  expect(version.shift(2, 1)).toBe(0);
  expect(version.has(0)).toBe(false);
  expect(version.shift(3, 1)).toBe(0);
  expect(version.has(0)).toBe(true);
});

test('what two revoke is back when neither does', () => {
  const version = revocations();
  expect(version.shift(1, 1)).toBe(0);
  expect(version.shift(4, 1)).toBe(-1);
  expect(version.shift(2, 1)).toBe(-1);
  expect(version.has(0)).toBe(true);
  expect(version.shift(5, 1)).toBe(0);
  expect(version.has(0)).toBe(false);
});

test('a version has what its events say, whatever came and went in between, in any order', () => {
  const shifts = fc.array(fc.nat({ max: 19 }), { maxLength: 40, size: 'max' });
  const chain = fc.array(fc.nat(), { minLength: 20, maxLength: 20, size: 'max' });
  fc.assert(
    fc.property(chain, shifts, (draws, order) => {
      // The first five are edits.
      const revokes = draws.map((draw, lv) => (lv < 5 ? -1 : draw % lv));
      const present = new Set<number>();
      const version = new Revocations((lv) => revokes[lv] ?? -1);
      const counts = (lv: number): boolean =>
        (lv < 5 || present.has(lv)) && !revokes.some((of, other) => of === lv && counts(other));
      for (const lv of order) {
        if (lv < 5) continue;
        const before = [0, 1, 2, 3, 4].map(counts);
        const step = present.has(lv) ? -1 : 1;
        if (step > 0) present.add(lv);
        else present.delete(lv);
        const edit = version.shift(lv, step);
        for (let at = 0; at < 5; at += 1) {
          expect(version.has(at)).toBe(!counts(at));
          expect(counts(at) !== before[at]).toBe(at === edit);
        }
      }
    }),
  );
});
