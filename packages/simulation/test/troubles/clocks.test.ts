import { expect, test } from 'vitest';

import { drawn, kindsOf, valuesOf } from '../support/drawn.ts';

test('calendars jump by up to an hour, either way', () => {
  const events = drawn('wallJump');
  expect(kindsOf(events)).toEqual(new Set(['wallJump']));
  const jumps = [...valuesOf(events, 'byMs')].map(Number);
  expect(Math.min(...jumps)).toBeGreaterThanOrEqual(-3_600_000);
  expect(Math.min(...jumps)).toBeLessThan(-1_800_000);
  expect(Math.max(...jumps)).toBeLessThanOrEqual(3_600_000);
  expect(Math.max(...jumps)).toBeGreaterThan(1_800_000);
});

test('clocks run up to 5 % fast or slow, then right', () => {
  const rates = [...valuesOf(drawn('drift'), 'ppm')].map(Number);
  expect(rates).toContain(0);
  expect(Math.min(...rates)).toBeGreaterThanOrEqual(-50_000);
  expect(Math.max(...rates)).toBeLessThanOrEqual(50_000);
});
