import { expect, test } from 'vitest';

import { drawn, valuesOf } from '../support/drawn.ts';

test.each([
  ['loss', 'lossRate'],
  ['duplication', 'duplicationRate'],
  ['replay', 'replayRate'],
] as const)('%s comes at rates of 1/64 to 1/2, and goes back to what was usual', (kind, field) => {
  const events = drawn(kind, { network: { [field]: 0.75 }, lastsMsMax: 51 });
  const rates = [...valuesOf(events, field)].map(Number).toSorted((x, y) => x - y);
  expect(rates.at(-1)).toBe(0.75);
  expect(rates.length).toBe(events.length / 2 + 1);
  expect(rates[0]).toBeGreaterThanOrEqual(1 / 64);
  expect(rates[0]).toBeLessThan(1 / 32);
  expect(rates.at(-2)).toBeLessThanOrEqual(1 / 2);
  expect(rates.at(-2)).toBeGreaterThan(1 / 4);
});

test('delays grow, and are as usual again', () => {
  const delay = { kind: 'constant', ms: 7 } as const;
  const values = valuesOf(drawn('delay', { network: { delay } }), 'delay');
  expect(values).toContain(JSON.stringify(delay));
  expect(values.size).toBeGreaterThan(20);
});
