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

test('calendars freeze, and thaw', () => {
  const events = drawn('wallFreeze');
  const frozen = events.filter((event) => event.kind === 'wallFreeze' && event.isFrozen);
  expect(frozen).toHaveLength(events.length / 2);
});

test('leap seconds are smeared either way, at half the speed of time at most', () => {
  const smears = drawn('leapSmear').filter((event) => event.kind === 'leapSmear');
  for (const { byMs, overMs } of smears) expect(2 * Math.abs(byMs)).toBeLessThanOrEqual(overMs);
  const sizes = smears.map(({ byMs }) => byMs);
  expect([Math.min(...sizes), Math.max(...sizes)]).toEqual([-1_000, 1_000]);
});
