/*
 * What goes wrong elsewhere: three layers that each try three times make 27 calls of one, just when
 * the service can bear least.
 *
 * The protection: layers that share a budget add a fifth to the load, however many they are: the
 * layers of one call pay in once.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { pipeline } from '../../src/policies/pipeline.ts';
import { retry } from '../../src/policies/retry.ts';
import type { CallContext } from '../../src/policy.ts';
import { RetryBudget } from '../../src/retry-budget.ts';
import { SteppingClock } from '../support/stepping-clock.ts';

/** How often the service is called for `calls` calls through three layers of three attempts. */
async function loadOf(calls: number, make: (budget: RetryBudget) => Client): Promise<number> {
  const budget = new RetryBudget({ ratio: 0.2, initial: 0, perSecond: 0 });
  const client = make(budget);
  let load = 0;
  const down = (): never => {
    load += 1;
    throw new Error('down');
  };
  for (let call = 0; call < calls; call += 1) await client(down).catch(() => undefined);
  return load;
}

type Client = (work: (context: CallContext) => never) => Promise<never>;

function layers(budget: RetryBudget) {
  const clock = new SteppingClock();
  // A clock whose timers fire at once: what counts here is how often, not when.
  const hurried = {
    nowMs: () => clock.nowMs(),
    wallTimeMs: () => clock.wallTimeMs(),
    setTimer: (_delayMs: number, callback: () => void) => {
      queueMicrotask(callback);
      return { cancel: () => undefined };
    },
  };
  return [1, 2, 3].map(() => retry({ maxAttempts: 3, budget, clock: hurried }));
}

describe('three layers of three attempts that share a budget', () => {
  test('make at most 1.2 calls of one during an outage', async () => {
    const load = await loadOf(1_000, (budget) => {
      const client = pipeline(...layers(budget));
      return (work) => client.run(work);
    });
    expect(load).toBeGreaterThan(1_100);
    expect(load).toBeLessThanOrEqual(1_200);
  });

  test('also as pipelines of their own that hand on their context', async () => {
    const load = await loadOf(1_000, (budget) => {
      const [outer, middle, inner] = layers(budget).map((layer) => pipeline(layer));
      return (work) =>
        outer!.run((above) => middle!.execute((context) => inner!.execute(work, context), above));
    });
    expect(load).toBeLessThanOrEqual(1_200);
  });

  test('without a budget make 27', async () => {
    const load = await loadOf(10, () => {
      const own = layers(new RetryBudget({ burst: 1_000_000 }));
      const client = pipeline(...own);
      return (work) => client.run(work);
    });
    expect(load).toBe(270);
  });
});

test('the bound holds for any mixture of failures', async () => {
  const outcomes = fc.array(fc.boolean(), { minLength: 1, maxLength: 120 });
  await fc.assert(
    fc.asyncProperty(outcomes, fc.integer({ min: 1, max: 10 }), async (fails, burst) => {
      const budget = new RetryBudget({ ratio: 0.2, burst, perSecond: 0 });
      const client = pipeline(...layers(budget));
      let load = 0;
      const work = (): number => {
        load += 1;
        if (fails[load % fails.length] === true) throw new Error('down');
        return load;
      };
      for (const _call of fails) await client.run(work).catch(() => undefined);
      expect(load).toBeLessThanOrEqual(1.2 * fails.length + burst + 1e-6);
    }),
  );
});
