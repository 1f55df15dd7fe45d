import { expect, test } from 'vitest';

import { drawn, valuesOf } from '../support/drawn.ts';

test('timers are late by up to 1 to 1 000 ms more, then no more', () => {
  const values = [...valuesOf(drawn('lateTimers'), 'byMsMax')].map(Number);
  expect(values).toContain(0);
  const late = values.filter((ms) => ms !== 0);
  expect(Math.min(...late)).toBeGreaterThanOrEqual(1);
  expect(Math.max(...late)).toBeLessThanOrEqual(1_000);
  expect(Math.max(...late)).toBeGreaterThan(300);
});

test('timers fire once a second, or a minute, then at any time', () => {
  const values = valuesOf(drawn('throttleTimers'), 'everyMs');
  expect(values).toEqual(new Set(['1000', '60000', '0']));
});

test('nodes take 0.1 to 50 ms for each event, then none', () => {
  const costs = [...valuesOf(drawn('slowNode'), 'perEventMs')].map(Number);
  expect(costs).toContain(0);
  const slow = costs.filter((ms) => ms !== 0);
  expect(Math.min(...slow)).toBeGreaterThanOrEqual(0.1);
  expect(Math.min(...slow)).toBeLessThan(1);
  expect(Math.max(...slow)).toBeLessThanOrEqual(50);
  expect(Math.max(...slow)).toBeGreaterThan(10);
});
