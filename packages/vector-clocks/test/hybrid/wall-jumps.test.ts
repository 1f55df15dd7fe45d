import { expect, test } from 'vitest';

import { WallJumps } from '../../src/hybrid/wall-jumps.ts';

const dayMs = 86_400_000;

test('a first look has nothing to compare with', () => {
  expect(new WallJumps().observe(5 * dayMs, 0)).toBe(0);
});

test('a jump is seen once, either way, with its size', () => {
  const jumps = new WallJumps();
  jumps.observe(dayMs, 0);
  expect(jumps.observe(dayMs + 3_600_000 + 10, 10)).toBe(3_600_000);
  expect(jumps.observe(dayMs + 3_600_000 + 20, 20)).toBe(0);
  expect(jumps.observe(dayMs + 30, 30)).toBe(-3_600_000);
  expect(jumps.observe(dayMs + 40, 40)).toBe(0);
});

test('an idle day is no jump', () => {
  const jumps = new WallJumps();
  jumps.observe(dayMs, 0);
  expect(jumps.observe(2 * dayMs, dayMs)).toBe(0);
});

test('a clock that is slewed is none either, however long nobody looked', () => {
  const jumps = new WallJumps();
  jumps.observe(dayMs, 0);
  const slewedMs = dayMs * 500e-6;
  expect(jumps.observe(2 * dayMs + slewedMs, dayMs)).toBe(0);
  expect(jumps.observe(3 * dayMs, 2 * dayMs)).toBe(0);
});

test('the tolerance is the last difference that is no jump', () => {
  const jumps = new WallJumps({ toleranceMs: 100, driftPpm: 0 });
  jumps.observe(0, 0);
  expect(jumps.observe(100, 0)).toBe(0);
  expect(jumps.observe(201, 0)).toBe(101);
});

test.each([
  [Number.NaN, 0, 'wallMs: expected a finite number, got NaN'],
  [0, Infinity, 'nowMs: expected a finite number, got Infinity'],
])('%s and %s are no times, and nothing is compared with them', (wallMs, nowMs, message) => {
  const jumps = new WallJumps();
  jumps.observe(10, 10);
  expect(() => jumps.observe(wallMs, nowMs)).toThrow(new RangeError(message));
  expect(jumps.observe(20, 20)).toBe(0);
});

test.each([
  [{ toleranceMs: -1 }, 'toleranceMs: expected at least 0, got -1'],
  [{ driftPpm: Number.NaN }, 'driftPpm: expected at least 0, got NaN'],
])('%j is no option', (options, message) => {
  expect(() => new WallJumps(options)).toThrow(new RangeError(message));
});
