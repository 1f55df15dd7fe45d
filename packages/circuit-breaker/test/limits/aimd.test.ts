import { seededRandom } from '@quorate/transport/system';
import { expect, test } from 'vitest';

import { aimd } from '../../src/limits/aimd.ts';

const random = seededRandom(1);
const good = { rttMs: 10, inflight: 20, wasDropped: false };

test('one more for each good sample, up to the maximum', () => {
  const limit = aimd({ initialLimit: 20, maxLimit: 22 });
  for (let sample = 0; sample < 5; sample += 1) limit.observe(good, random);
  expect(limit.limit).toBe(22);
});

test('a tenth less after a drop, down to the minimum', () => {
  const limit = aimd({ initialLimit: 20, minLimit: 15 });
  limit.observe({ ...good, wasDropped: true }, random);
  expect(limit.limit).toBe(18);
  for (let sample = 0; sample < 5; sample += 1) {
    limit.observe({ ...good, wasDropped: true }, random);
  }
  expect(limit.limit).toBe(15);
});

test('a small limit falls as well', () => {
  const limit = aimd({ initialLimit: 2 });
  limit.observe({ ...good, wasDropped: true }, random);
  expect(limit.limit).toBe(1);
});

test('what takes longer than slowMs is a drop', () => {
  const limit = aimd({ initialLimit: 20, slowMs: 50 });
  limit.observe({ ...good, rttMs: 50 }, random);
  limit.observe({ ...good, rttMs: 51 }, random);
  expect(limit.limit).toBe(18);
});

test('an idle service proves nothing', () => {
  const limit = aimd({ initialLimit: 20 });
  limit.observe({ ...good, inflight: 9 }, random);
  expect(limit.limit).toBe(20);
});

test('grows on a clock that is too coarse to tell', () => {
  const limit = aimd({ initialLimit: 20 });
  limit.observe({ ...good, rttMs: 0 }, random);
  expect(limit.limit).toBe(21);
});

test.each([
  [{ decrease: 1 }, 'decrease: expected a number in 0.1..0.99, got 1'],
  [{ decrease: NaN }, 'decrease: expected a number in 0.1..0.99, got NaN'],
  [{ slowMs: 0 }, 'slowMs: expected a number in 5e-324..2147483647, got 0'],
])('refuses %o', (options, message) => {
  expect(() => aimd(options)).toThrow(new RangeError(message));
});
