/**
 * Tokens counted as fractions lose or gain a little with each refill, and after a day the rate is
 * not what was asked for.
 *
 * Protection: whole microseconds and the rest of the division; nothing is ever rounded twice.
 */
import { expect, test } from 'vitest';

import { gcra, type RatePolicy, takeStep, tokenBucket } from '../../src/index.ts';

/** Takes one whenever it may, without a pause, and tells when the last one was. */
function instantOf(policy: RatePolicy, count: number): number {
  let nowUs = 0;
  let state: Float64Array | undefined;
  for (let taken = 0; taken < count;) {
    const step = takeStep(policy, state, nowUs);
    state = step.state;
    if (step.decision.kind === 'limited') nowUs += Math.round(step.decision.retryAfterMs * 1_000);
    else taken += 1;
  }
  return nowUs;
}

test.each([
  gcra({ limit: 1, windowMs: 3, burst: 2 }),
  tokenBucket({ limit: 1, windowMs: 3, burst: 2 }),
  gcra({ limit: 7, windowMs: 1, burst: 2 }),
  tokenBucket({ limit: 7, windowMs: 1, burst: 2 }),
  gcra({ limit: 1_000_003, windowMs: 999_983, burst: 2 }),
  tokenBucket({ limit: 1_000_003, windowMs: 999_983, burst: 2 }),
])('$kind of $limit in $windowMs ms is on time to the microsecond', (policy) => {
  const count = 100_001;
  const idealUs = ((count - 2) * policy.windowMs * 1_000) / policy.limit;
  expect(instantOf(policy, count)).toBe(Math.ceil(idealUs));
});

test('a thousand million acquisitions are on time too', () => {
  // A state that far along, made by the same arithmetic in one step, goes on as the others do.
  const policy = gcra({ limit: 7, windowMs: 1_000, burst: 8 });
  const doneUs = Math.floor((1e9 * 1_000_000) / 7);
  const rest = (1e9 * 1_000_000) % 7;
  let state: Float64Array = Float64Array.of(doneUs, rest);
  for (let taken = 0; taken < 7; taken += 1) state = takeStep(policy, state, doneUs).state;
  expect([...state]).toEqual([doneUs + 1_000_000, rest]);
});
