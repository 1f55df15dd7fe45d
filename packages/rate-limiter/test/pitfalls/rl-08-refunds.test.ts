/**
 * A refund gives more than was taken, twice, or beyond the limit: 105 of 5.
 *
 * Protection: a charge is settled once under its id, and each algorithm gives back only what time
 * has not given back since.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { RateLimiter } from '../../src/index.ts';
import { capacityOf, makers } from '../support/policies.ts';

/** What is asked for, with whose charge is given back afterwards. */
const steps = fc.array(
  fc.record({
    elapsedMs: fc.integer({ min: 0, max: 700 }),
    cost: fc.integer({ min: 1, max: 5 }),
    refund: fc.option(fc.nat(20)),
  }),
  { maxLength: 40 },
);

test.each(makers)('%s: admitted less refunded stays within the envelope', (_title, make) => {
  fc.assert(
    fc.property(steps, (all) => {
      const policy = make(5, 1_000, 5);
      const limiter = new RateLimiter({ policy });
      const charges: { readonly id: string; readonly cost: number; readonly atMs: number }[] = [];
      const settled = new Set<string>();
      let nowMs = 0;
      for (const { elapsedMs, cost, refund } of all) {
        nowMs += elapsedMs;
        const decision = limiter.take('k', { cost, nowMs, refundable: true });
        if (decision.kind === 'admitted') {
          charges.push({ id: decision.chargeId ?? '', cost, atMs: nowMs });
        }
        const charge = refund === null ? undefined : charges[refund];
        if (charge !== undefined) {
          limiter.refund(charge.id, { nowMs });
          settled.add(charge.id);
        }
        expect(limiter.peek('k', { cost: 0, nowMs }).remaining).toBeLessThanOrEqual(5);
        // What was taken in this instant and not given back is used, whatever was refunded before.
        const used = charges
          .filter(({ id, atMs }) => atMs === nowMs && !settled.has(id))
          .reduce((sum, charged) => sum + charged.cost, 0);
        expect(used).toBeLessThanOrEqual(
          capacityOf(policy) * (policy.kind === 'fixedWindow' ? 2 : 1),
        );
      }
    }),
    { numRuns: 300 },
  );
});

test.each(makers)('%s: the same charge again and again gives back once', (_title, make) => {
  const limiter = new RateLimiter({ policy: make(5, 1_000, 5) });
  const first = limiter.take('k', { cost: 2, nowMs: 0, refundable: true });
  limiter.take('k', { cost: 3, nowMs: 0 });
  const id = first.kind === 'admitted' ? (first.chargeId ?? '') : '';
  for (let count = 0; count < 100; count += 1) limiter.refund(id, { nowMs: 0 });
  expect(limiter.peek('k', { nowMs: 0 }).remaining).toBe(2);
});
