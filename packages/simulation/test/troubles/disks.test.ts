import { expect, test } from 'vitest';

import { drawn, valuesOf } from '../support/drawn.ts';

test('disks take 2 to 100 times as long, then once', () => {
  const factors = [...valuesOf(drawn('slowDisk'), 'factor')].map(Number);
  expect(factors).toContain(1);
  const slow = factors.filter((factor) => factor !== 1);
  expect(Math.min(...slow)).toBeGreaterThanOrEqual(2);
  expect(Math.max(...slow)).toBeLessThanOrEqual(100);
});

test('disks fill up, and have room again', () => {
  const events = drawn('diskFull');
  const full = events.filter((event) => event.kind === 'diskFull' && event.isFull);
  expect(full).toHaveLength(events.length / 2);
});
