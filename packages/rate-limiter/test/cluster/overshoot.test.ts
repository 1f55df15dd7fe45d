import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { KeyLedger } from '../../src/cluster/key-ledger.ts';
import { admittedMax, envelope, startingCost } from '../../src/cluster/overshoot.ts';
import {
  fixedWindow,
  gcra,
  type RatePolicy,
  slidingWindowCounter,
  slidingWindowLog,
  tokenBucket,
} from '../../src/policy.ts';

const base = { limit: 10, windowMs: 1_000 };
const policies: readonly (readonly [string, RatePolicy])[] = [
  ['gcra', gcra({ ...base, burst: 4 })],
  ['tokenBucket', tokenBucket(base)],
  ['fixedWindow', fixedWindow(base)],
  ['slidingWindowLog', slidingWindowLog(base)],
  ['slidingWindowCounter', slidingWindowCounter(base)],
];

describe.each(policies)('the envelope of %s', (_name, policy) => {
  test('holds for any pattern of requests, in any interval', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 80 });
    const costs = fc.integer({ min: 1, max: 4 });
    fc.assert(
      fc.property(gaps, costs, fc.nat(2_000), (each, cost, startMs) => {
        const ledger = new KeyLedger({ keysMax: 10, stateBytesMax: 100_000 });
        const admitted: number[] = [];
        let nowMs = startMs;
        for (const gap of each) {
          nowMs += gap;
          const check = { key: 'k', policy, cost };
          while (ledger.take(check, nowMs).kind === 'admitted') admitted.push(nowMs);
        }
        for (const [first, from] of admitted.entries()) {
          for (const [last, to] of admitted.entries()) {
            const spent = (last - first + 1) * cost;
            if (spent > 0) expect(spent).toBeLessThanOrEqual(envelope(policy, to - from));
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('what a cluster admits', () => {
  const policy = gcra({ limit: 100, windowMs: 1_000 });
  const calm = { memberCount: 4, leaseMs: 500 };

  test('is the envelope of a longer interval, and more for each thing that goes wrong', () => {
    expect(admittedMax(policy, 0, calm)).toBe(150);
    expect(admittedMax(policy, 1_000, calm)).toBe(250);
    expect(admittedMax(policy, 1_000, { ...calm, ownerStartCount: 2 })).toBe(300);
    expect(admittedMax(policy, 1_000, { ...calm, ownerStartCount: 1, startingShare: 1 })).toBe(350);
    expect(admittedMax(policy, 1_000, { ...calm, cutOffCount: 1 })).toBe(300);
    expect(admittedMax(policy, 1_000, { ...calm, cutOffCount: 3, shareStartCount: 1 })).toBe(425);
    expect(admittedMax(policy, 1_000, { ...calm, cutOffCount: 1, localShare: 1 })).toBe(450);
  });

  test('adds a window where an owner that begins counts windows of its own', () => {
    const windows = fixedWindow({ limit: 100, windowMs: 1_000 });
    const bound = admittedMax(windows, 0, { ...calm, ownerStartCount: 1 });
    expect(bound).toBe(200 + 25 + 100);
  });

  test('has no shares where there is nothing to share', () => {
    const small = gcra({ limit: 3, windowMs: 1_000 });
    expect(admittedMax(small, 0, { ...calm, cutOffCount: 3, leaseMs: 0.001 })).toBe(3);
  });
});

test('an owner that knows nothing begins with something', () => {
  const policy = gcra({ limit: 10, windowMs: 1_000 });
  expect([0, 0.05, 0.5, 1].map((share) => startingCost(policy, share))).toEqual([1, 1, 5, 10]);
});
