import { expectHolds, huntSeed, seeds } from '@quorate/simulation';
import { describe, expect, test } from 'vitest';

import { sessionWorkload } from './support/session-workload.ts';

const replay = process.env['SEED'];
const workload = sessionWorkload();

/** Seeds of one test: enough of them to see every kind of fault, few enough to name. */
const seedsPerTest = 20;
const blocks = Array.from({ length: 6 }, (_, block) => block * seedsPerTest);

describe('clients with sessions', () => {
  // Goal: each call is applied at most once, exactly once if it was committed, never if it was
  // rejected; replicas agree on sessions as on all else; what clients see is linearizable; and once
  // faults end, every client gets on, whatever has become of its session.
  // Method: one to five whole nodes that serve a store, three clients that retry, sessions with
  // short lives and little room. Each seed draws a subset of the kinds of fault and their times.
  const chosen = replay === undefined ? blocks : [Number(replay)];
  test.each(chosen)('are served once and live on (SEED=%i …)', async (first) => {
    const count = replay === undefined ? seedsPerTest : 1;
    await expectHolds(
      workload,
      seeds(undefined, count).map((place) => first + place),
    );
  });

  // Goal: a failing seed is enough to see the failure again.
  test.each(seeds(replay, 2))('run the same way twice (SEED=%i)', async (seed) => {
    const [once, again] = [await huntSeed(workload, seed), await huntSeed(workload, seed)];
    expect(again).toEqual(once);
    expect(once.eventCount).toBeGreaterThan(100);
  });
});
