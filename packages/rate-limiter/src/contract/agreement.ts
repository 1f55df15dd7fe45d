import { expect } from 'vitest';

import { type RateState, takeStep } from '../decide.ts';
import {
  COST_MAX,
  fixedWindow,
  gcra,
  type RatePolicy,
  slidingWindowCounter,
  slidingWindowLog,
  tokenBucket,
} from '../policy.ts';
import { type Clause, fivePerSecond, takeOne } from './scene.ts';

const STEPS = 150;

/** Numbers that divide nothing evenly, and products that a number does not hold. */
const uneven: readonly RatePolicy[] = [
  gcra({ name: 'g', limit: 7, windowMs: 1_000.001, burst: 11 }),
  gcra({ name: 'h', limit: 2 ** 31 - 1, windowMs: 399 * 86_400_000 }),
  tokenBucket({ name: 't', limit: 7, windowMs: 1_000.001, burst: 11 }),
  tokenBucket({ name: 'u', limit: 2 ** 31 - 1, windowMs: 399 * 86_400_000 }),
  fixedWindow({ name: 'f', limit: 7, windowMs: 333.333, anchor: 'firstRequest' }),
  fixedWindow({ name: 'a', limit: 7, windowMs: 333.333 }),
  slidingWindowLog({ name: 'l', limit: 7, windowMs: 333.333 }),
  slidingWindowCounter({ name: 'c', limit: 7, windowMs: 333.333 }),
  slidingWindowCounter({ name: 'd', limit: 2 ** 31 - 1, windowMs: 399 * 86_400_000 }),
];

/** That a store decides as the algorithms do. */
export function describeAgreement(clause: Clause): void {
  for (const policy of [...fivePerSecond, ...uneven]) {
    const title = `${policy.kind} of ${policy.limit}: decides call by call as takeStep does`;
    clause(title, async (fixture) => {
      const draw = drawing(policy.limit);
      const twins = new Map<string, RateState>();
      for (let step = 0; step < STEPS; step += 1) {
        const most = 'burst' in policy ? policy.burst : policy.limit;
        const key = draw(2) === 0 ? 'k' : 'q';
        const cost = Math.min(COST_MAX, Math.floor((draw(4) * most) / (2 + draw(6))));
        const headroom = draw(4) === 0 ? Math.floor((draw(3) * most) / 8) : 0;
        const twin = takeStep(policy, twins.get(key), Math.round(fixture.nowMs() * 1_000), {
          key,
          cost,
          headroom,
        });
        twins.set(key, twin.state);
        const decision = await takeOne(fixture.store, policy, { key, cost, headroom });
        expect(decision, `step ${step}`).toEqual(twin.decision);
        const share = (policy.windowMs * draw(1_000)) / (draw(3) === 0 ? 500 : 10_000);
        await fixture.advance(Math.round(share * 1_000) / 1_000);
      }
    });
  }
}

/** Integers of 0..below-1 that look random and are always the same. */
function drawing(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
