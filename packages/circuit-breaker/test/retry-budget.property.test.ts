import fc from 'fast-check';
import { expect, test } from 'vitest';

import { RetryBudget } from '../src/retry-budget.ts';

type Step = 'call' | 'retry' | 'second' | 'back';

const steps = fc.array(fc.constantFrom<Step>('call', 'retry', 'retry', 'second', 'back'), {
  maxLength: 400,
});

test('retries never exceed burst + ratio x calls + perSecond x seconds', () => {
  const options = fc.record({
    ratio: fc.double({ min: 0, max: 1, noNaN: true }),
    burst: fc.integer({ min: 1, max: 20 }),
    perSecond: fc.double({ min: 0, max: 5, noNaN: true }),
  });
  fc.assert(
    fc.property(options, steps, (given, taken) => {
      const budget = new RetryBudget(given);
      let calls = 0;
      let retries = 0;
      let nowMs = 0;
      // Time counts from the first retry on: no retry before it has told the budget a time.
      let firstMs: number | undefined;
      let latestMs = Number.NEGATIVE_INFINITY;
      for (const step of taken) {
        if (step === 'call') {
          calls += 1;
          budget.deposit();
        } else if (step === 'retry') {
          retries += budget.tryWithdraw(nowMs) ? 1 : 0;
          firstMs ??= nowMs;
          latestMs = Math.max(latestMs, nowMs);
        } else {
          nowMs += step === 'second' ? 1_000 : -500;
        }
        const seconds = firstMs === undefined ? 0 : (latestMs - firstMs) / 1_000;
        const bound = given.burst + given.ratio * calls + given.perSecond * seconds;
        expect(retries).toBeLessThanOrEqual(bound + 1e-6);
      }
    }),
  );
});
