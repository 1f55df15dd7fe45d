import { expect, test } from 'vitest';

import { drawn, valuesOf } from '../support/drawn.ts';

test('nodes take 0.1 to 50 ms for each event, then none', () => {
  const costs = [...valuesOf(drawn('slowNode'), 'perEventMs')].map(Number);
  expect(costs).toContain(0);
  const slow = costs.filter((ms) => ms !== 0);
  expect(Math.min(...slow)).toBeGreaterThanOrEqual(0.1);
  expect(Math.min(...slow)).toBeLessThan(1);
  expect(Math.max(...slow)).toBeLessThanOrEqual(50);
  expect(Math.max(...slow)).toBeGreaterThan(10);
});
