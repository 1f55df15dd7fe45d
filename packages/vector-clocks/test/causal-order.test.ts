import { describe, expect, test } from 'vitest';

import { firstMissing } from '../src/causal-order.ts';

const of = (...counters: number[]): Float64Array => Float64Array.from(counters);

describe('the past of a message', () => {
  test.each([
    ['is complete for the next one of its origin', [2, 5, 0], 1, [2, 6, 0], -1],
    ['is complete if its origin knew less than we do', [2, 5, 9], 1, [0, 6, 0], -1],
    ['lacks the one before it', [2, 5, 0], 1, [2, 7, 0], 1],
    ['lacks what its origin knew of another', [2, 5, 0], 1, [2, 6, 1], 2],
    ['lacks the first of several', [0, 0, 0], 2, [1, 1, 1], 0],
    ['counts as complete once it was delivered', [2, 5, 0], 1, [2, 5, 0], -1],
  ])('%s', (_name, delivered, origin, vector, missing) => {
    expect(firstMissing(of(...delivered), origin, of(...vector))).toBe(missing);
  });

  test('is looked at from where the last look ended', () => {
    expect(firstMissing(of(0, 0, 0), 2, of(1, 1, 1), 1)).toBe(1);
    expect(firstMissing(of(0, 0, 0), 2, of(1, 1, 1), 2)).toBe(-1);
  });

  test('bears the largest counters', () => {
    const most = Number.MAX_SAFE_INTEGER;
    expect(firstMissing(of(most - 1), 0, of(most))).toBe(-1);
    expect(firstMissing(of(most - 2), 0, of(most))).toBe(0);
  });
});
