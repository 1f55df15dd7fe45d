import { expect, test } from 'vitest';

import { throttleProbability } from '../src/throttle-probability.ts';

const settings = { k: 2, refusedShareMax: 0.9 };

test('nothing is refused while at least one in k is accepted', () => {
  expect(throttleProbability({ requestCount: 0, acceptCount: 0 }, settings)).toBe(0);
  expect(throttleProbability({ requestCount: 100, acceptCount: 50 }, settings)).toBe(0);
  expect(throttleProbability({ requestCount: 100, acceptCount: 100 }, settings)).toBe(0);
});

test('p = max(0, (requests - K * accepts) / (requests + 1))', () => {
  expect(throttleProbability({ requestCount: 99, acceptCount: 20 }, settings)).toBe(0.59);
});

test('a share gets through however little is accepted', () => {
  expect(throttleProbability({ requestCount: 1e6, acceptCount: 0 }, settings)).toBe(0.9);
});
