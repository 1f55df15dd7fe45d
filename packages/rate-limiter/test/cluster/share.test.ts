import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { burstOf, fullAfterMs, shareOf } from '../../src/cluster/share.ts';
import { fixedWindow, gcra, slidingWindowCounter, slidingWindowLog } from '../../src/policy.ts';

describe('a share', () => {
  test('of all members together is no more than the policy', () => {
    const numbers = fc.integer({ min: 1, max: 10_000 });
    fc.assert(
      fc.property(numbers, numbers, fc.integer({ min: 1, max: 64 }), (limit, burst, members) => {
        const policy = gcra({ limit, burst, windowMs: 1_000 });
        const part = shareOf(policy, 1 / members);
        if (part === undefined) {
          expect(Math.min(limit, burst)).toBeLessThan(members);
          return;
        }
        expect(part.limit * members).toBeLessThanOrEqual(limit);
        expect(burstOf(part) * members).toBeLessThanOrEqual(burst);
      }),
    );
  });

  test('keeps all else, and is nothing where it would be less than one', () => {
    const policy = fixedWindow({ name: 'w', limit: 10, windowMs: 60_000 });
    expect(shareOf(policy, 0.3)).toEqual({ ...policy, limit: 3 });
    expect(shareOf(policy, 0.09)).toBeUndefined();
    expect(shareOf(gcra({ limit: 100, burst: 3, windowMs: 1_000 }), 0.25)).toBeUndefined();
    expect(shareOf(policy, 1)).toEqual(policy);
  });
});

test('what is admitted at once, and after how long all of it is there again', () => {
  const base = { limit: 10, windowMs: 1_000 };
  expect(burstOf(gcra({ ...base, burst: 4 }))).toBe(4);
  expect(burstOf(slidingWindowLog(base))).toBe(10);
  expect(fullAfterMs(gcra({ ...base, burst: 4 }))).toBe(400);
  expect(fullAfterMs(fixedWindow(base))).toBe(1_000);
  expect(fullAfterMs(slidingWindowLog(base))).toBe(1_000);
  expect(fullAfterMs(slidingWindowCounter(base))).toBe(2_000);
});
