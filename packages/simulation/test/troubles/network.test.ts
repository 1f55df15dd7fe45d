import { expect, test } from 'vitest';

import { drawn, valuesOf } from '../support/drawn.ts';

test.each([
  ['loss', 'lossRate'],
  ['messageDamage', 'damageRate'],
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

test('loss comes in bursts, and goes', () => {
  const events = drawn('burstyLoss');
  const losses = events.flatMap((event) => (event.kind === 'network' ? [event.burstyLoss] : []));
  const bad = losses.filter((loss) => loss?.badLossRate !== 0);
  expect(bad).toHaveLength(losses.length / 2);
  for (const loss of bad) expect(loss?.badLossRate).toBeGreaterThanOrEqual(1 / 2);
  const lengths = bad.map((loss) => loss?.badCountMean ?? 0);
  expect(Math.min(...lengths)).toBeGreaterThanOrEqual(2);
  expect(Math.max(...lengths)).toBeLessThanOrEqual(50);
  expect(Math.max(...lengths)).toBeGreaterThan(20);
});

test('links get narrow, with buffers that fill within 5 s, and wide again', () => {
  const events = drawn('bandwidth').filter((event) => event.kind === 'network');
  const limit = Number.MAX_SAFE_INTEGER;
  const narrow = events.filter((event) => event.bandwidthBytesPerSecond !== limit);
  expect(narrow).toHaveLength(events.length / 2);
  for (const { bandwidthBytesPerSecond = 0, linkBufferBytes = 0 } of narrow) {
    expect(bandwidthBytesPerSecond).toBeGreaterThanOrEqual(300);
    expect(bandwidthBytesPerSecond).toBeLessThanOrEqual(300_000);
    expect(linkBufferBytes).toBeLessThanOrEqual(Math.max(500, 5 * bandwidthBytesPerSecond));
  }
});

test('delays grow, and are as usual again', () => {
  const delay = { kind: 'constant', ms: 7 } as const;
  const values = valuesOf(drawn('delay', { network: { delay } }), 'delay');
  expect(values).toContain(JSON.stringify(delay));
  expect(values.size).toBeGreaterThan(20);
});
