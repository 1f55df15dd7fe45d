import { expect, test } from 'vitest';

import { Pace } from '../../src/node/pace.ts';

test('what was spent is waited for', () => {
  const pace = new Pace(1_000);
  expect(pace.waitMs(0)).toBe(0);
  pace.spend(0, 500);
  expect([pace.waitMs(0), pace.waitMs(400), pace.waitMs(500)]).toEqual([500, 100, 0]);
  pace.spend(400, 100);
  expect(pace.waitMs(500)).toBe(100);
});

test('a pause allows no burst', () => {
  const pace = new Pace(1_000);
  pace.spend(0, 100);
  pace.spend(10_000, 100);
  expect(pace.waitMs(10_000)).toBe(100);
});

test('without a limit nothing waits', () => {
  const pace = new Pace(Infinity);
  pace.spend(7, 2 ** 40);
  expect(pace.waitMs(7)).toBe(0);
});
