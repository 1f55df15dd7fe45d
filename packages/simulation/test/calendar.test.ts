import fc from 'fast-check';
import { expect, test } from 'vitest';

import { Calendar } from '../src/calendar.ts';

test('goes on with local time, and shows whole milliseconds', () => {
  const calendar = new Calendar(1_000);
  expect([0, 999, 1_000, 5_999].map((us) => calendar.readMs(us))).toEqual([
    1_000, 1_000, 1_001, 1_005,
  ]);
});

test('steps forward and back', () => {
  const calendar = new Calendar(1_000_000);
  calendar.jump(3_600_000);
  expect(calendar.readMs(0)).toBe(4_600_000);
  calendar.jump(-7_200_000);
  expect(calendar.readMs(0)).toBe(-2_600_000);
});

test('smears a second away over a day, evenly, and keeps what it has lost', () => {
  const calendar = new Calendar(0);
  const dayUs = 86_400_000_000;
  calendar.smear(0, -1_000, 86_400_000);
  const lostMs = (us: number): number => us / 1_000 - calendar.readMs(us);
  expect([0, 0.25, 0.5, 1, 2].map((share) => lostMs(share * dayUs))).toEqual([
    0, 250, 500, 1_000, 1_000,
  ]);
  calendar.smear(2 * dayUs, 1_000, 1_000);
  expect(lostMs(2 * dayUs + 500_000)).toBe(500);
  expect(lostMs(3 * dayUs)).toBe(0);
});

test('never steps back while it smears, however fast that is', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5_000 }),
      fc.integer({ min: -1_000, max: 1_000 }),
      fc.array(fc.nat(3_000), { minLength: 1, maxLength: 200 }),
      (overMs, permille, steps) => {
        const calendar = new Calendar(1e12);
        calendar.smear(0, (overMs * permille) / 1_000, overMs);
        let localUs = 0;
        let lastMs = calendar.readMs(0);
        for (const step of steps) {
          localUs += step;
          const readMs = calendar.readMs(localUs);
          expect(readMs).toBeGreaterThanOrEqual(lastMs);
          lastMs = readMs;
        }
      },
    ),
  );
});

test('a smear that is cut short stays where it is', () => {
  const calendar = new Calendar(0);
  calendar.smear(0, 1_000, 10_000);
  calendar.endSmear(5_000_000);
  expect(calendar.readMs(5_000_000)).toBe(5_500);
  expect(calendar.readMs(20_000_000)).toBe(20_500);
  calendar.smear(20_000_000, 1_000, 10_000);
  calendar.smear(25_000_000, -500, 1_000);
  expect(calendar.readMs(30_000_000)).toBe(30_500);
});

test('stands still while frozen, jumps as it stands, and catches up', () => {
  const calendar = new Calendar(1_000);
  calendar.freeze(10_000);
  calendar.freeze(500_000);
  expect(calendar.readMs(900_000)).toBe(1_010);
  calendar.jump(5);
  expect(calendar.readMs(900_000)).toBe(1_015);
  calendar.thaw();
  expect(calendar.readMs(900_000)).toBe(1_905);
});
