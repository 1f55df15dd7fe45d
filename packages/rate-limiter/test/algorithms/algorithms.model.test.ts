import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { windowPhaseUs } from '../../src/algorithms/fixed-window.ts';
import { type RateState, takeStep } from '../../src/decide.ts';
import { calls, makers, numbersOfPolicy, unitsOf } from '../support/policies.ts';
import { slowTwin } from '../support/slow-twins.ts';

describe.each(makers)('%s', (_title, make) => {
  test('decides, waits and counts like an obvious twin in numbers of any size', () => {
    fc.assert(
      fc.property(numbersOfPolicy, calls, fc.nat(10_000_000), (numbers, steps, startUs) => {
        const policy = make(numbers.limit, numbers.windowMs, numbers.burst);
        const windowUs = Math.round(policy.windowMs * 1_000);
        const twin = slowTwin(policy, windowPhaseUs('key', windowUs));
        let state: RateState | undefined;
        let nowUs = startUs;
        for (const { elapsed, cost, headroom } of steps) {
          nowUs += Math.round(elapsed * windowUs);
          const request = {
            key: 'key',
            cost: unitsOf(policy, cost),
            headroom: unitsOf(policy, headroom),
          };
          const step = takeStep(policy, state, nowUs, request);
          state = step.state;
          const { decision } = step;
          const answer = twin.take(nowUs, request.cost, request.headroom);
          const waitMs = decision.kind === 'limited' ? decision.retryAfterMs : 0;
          expect({ waitMs, remaining: decision.remaining }).toEqual({
            waitMs: answer.waitUs / 1_000,
            remaining: answer.remaining,
          });
        }
      }),
      { numRuns: 400 },
    );
  });
});
