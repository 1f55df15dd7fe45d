import { seededRandom } from '@quorate/transport/system';
import { describe, expect, test } from 'vitest';

import { type VegasOptions, vegas } from '../../src/limits/vegas.ts';
import { constantRandom } from '../support/calls.ts';

const random = seededRandom(1);

/** A limit that knows 10 ms as the shortest time. */
function warm(options: VegasOptions = {}): ReturnType<typeof vegas> {
  const limit = vegas(options);
  limit.observe({ rttMs: 10, inflight: 20, wasDropped: false }, random);
  return limit;
}

describe('vegas, with a limit of 20 and so a scale of 1', () => {
  const sample = { inflight: 20, wasDropped: false };

  test.each([
    ['nobody waits: six more', 10, 26],
    ['one waits: six more', 10.5, 26],
    ['two wait: one more', 11, 21],
    ['five wait: no change', 13, 20],
    ['ten wait: one less', 20, 19],
  ])('%s', (_name, rttMs, expected) => {
    const limit = warm();
    limit.observe({ ...sample, rttMs }, random);
    expect(limit.limit).toBe(expected);
  });

  test('a drop is one less, also while idle', () => {
    const limit = warm();
    limit.observe({ rttMs: 1, inflight: 1, wasDropped: true }, random);
    expect(limit.limit).toBe(19);
  });

  test('the time of a drop is not taken for the shortest', () => {
    const limit = warm();
    limit.observe({ rttMs: 0.1, inflight: 20, wasDropped: true }, random);
    limit.observe({ ...sample, rttMs: 10 }, random);
    expect(limit.limit).toBe(25);
  });

  test('0 on a coarse clock is not taken for the shortest', () => {
    const limit = warm();
    limit.observe({ ...sample, rttMs: 0 }, random);
    limit.observe({ ...sample, rttMs: 10 }, random);
    expect(limit.limit).toBe(26);
  });

  test('an idle service proves nothing', () => {
    const limit = warm();
    limit.observe({ rttMs: 10, inflight: 9, wasDropped: false }, random);
    expect(limit.limit).toBe(20);
  });
});

test('larger limits move in larger steps', () => {
  const limit = warm({ initialLimit: 500 });
  limit.observe({ rttMs: 10, inflight: 500, wasDropped: false }, random);
  expect(limit.limit).toBe(512);
});

test('a service that has become slower is measured anew, in the end', () => {
  const limit = vegas({ initialLimit: 10, minLimit: 10, maxLimit: 10 });
  const slower = vegas({ initialLimit: 10, maxLimit: 100 });
  const draw = constantRandom(0);
  slower.observe({ rttMs: 10, inflight: 10, wasDropped: false }, draw);
  limit.observe({ rttMs: 10, inflight: 10, wasDropped: false }, draw);
  for (let sample = 0; sample < 2_000; sample += 1) {
    slower.observe({ rttMs: 30, inflight: slower.limit, wasDropped: false }, draw);
  }
  expect(slower.limit).toBe(100);
  expect(limit.limit).toBe(10);
});

test('refuses a range that is none', () => {
  expect(() => vegas({ minLimit: -1 })).toThrow(/^minLimit: expected an integer in/);
  expect(() => vegas({ initialLimit: NaN })).toThrow(/^initialLimit: expected an integer in/);
});
