import fc from 'fast-check';
import { expect, test } from 'vitest';

import { type RateState, takeStep } from '../src/decide.ts';
import { MemoryStore } from '../src/memory-store.ts';
import {
  fixedWindow,
  gcra,
  type RatePolicy,
  slidingWindowCounter,
  slidingWindowLog,
  tokenBucket,
} from '../src/policy.ts';

const policies: readonly RatePolicy[] = [
  gcra({ limit: 7, windowMs: 1_000, burst: 4 }),
  tokenBucket({ limit: 7, windowMs: 1_000, burst: 4 }),
  fixedWindow({ limit: 5, windowMs: 700 }),
  slidingWindowLog({ limit: 5, windowMs: 700 }),
  slidingWindowCounter({ limit: 5, windowMs: 700 }),
];

const check = fc.record({
  key: fc.constantFrom('a', 'b', 'c'),
  policy: fc.constantFrom(...policies),
  cost: fc.integer({ min: 0, max: 6 }),
  headroom: fc.constantFrom(0, 0, 1),
  mode: fc.constantFrom<'enforce' | 'shadow'>('enforce', 'enforce', 'shadow'),
});

const step = fc.record({
  elapsedMs: fc.integer({ min: 0, max: 400 }),
  checks: fc.uniqueArray(check, {
    minLength: 1,
    maxLength: 4,
    selector: ({ key, policy }) => `${policy.kind} ${key}`,
  }),
});

test('decides about several checks as one step for each does, all or nothing', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const store = new MemoryStore();
      const twins = new Map<string, RateState>();
      let nowMs = 0;
      for (const { elapsedMs, checks } of steps) {
        nowMs += elapsedMs;
        const idOf = ({ key, policy }: (typeof checks)[number]) => `${policy.kind} ${key}`;
        const taken = checks.map((one) =>
          takeStep(one.policy, twins.get(idOf(one)), nowMs * 1_000, one),
        );
        const isRefused = checks.some(
          ({ mode }, index) => mode === 'enforce' && taken[index]!.decision.kind === 'limited',
        );
        const { decisions, chargeId } = store.take(checks, nowMs);
        let hasCharged = false;
        for (const [index, one] of checks.entries()) {
          const { decision, state } = taken[index]!;
          const got = decisions[index]!;
          if (decision.kind === 'limited') {
            expect(got.kind).toBe(one.mode === 'shadow' ? 'admitted' : 'limited');
            expect(got.remaining).toBe(decision.remaining);
            continue;
          }
          if (isRefused) {
            const look = takeStep(one.policy, twins.get(idOf(one)), nowMs * 1_000, {
              ...one,
              cost: 0,
              headroom: 0,
            });
            expect(got).toEqual(look.decision);
            continue;
          }
          expect(got).toEqual(decision);
          twins.set(idOf(one), state);
          if (one.cost > 0) hasCharged = true;
        }
        expect(chargeId !== undefined).toBe(hasCharged);
      }
    }),
    { numRuns: 300 },
  );
});
