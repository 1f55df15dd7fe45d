import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { ddmin, runScenario, shrink } from '../src/index.ts';
import { drawScenario } from '../src/swarm.ts';
import { tokens } from './support/token-workload.ts';

describe('ddmin', () => {
  test('keeps exactly what it takes, in order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.nat(60), { maxLength: 40 }),
        fc.nat(),
        async (all, pick) => {
          const needed = all.filter((_, at) => (pick >> (at % 31)) & 1);
          const result = await ddmin(all, (kept) =>
            Promise.resolve(needed.every((item) => kept.includes(item))),
          );
          expect(result).toEqual(needed);
        },
      ),
    );
  });

  test('leaves nothing that alone could go, whatever fails', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(9), { minLength: 1, maxLength: 20 }), async (all) => {
        const sum = (items: readonly number[]): number => items.reduce((one, two) => one + two, 0);
        const goal = sum(all) / 2;
        const fails = (kept: readonly number[]): boolean => sum(kept) >= goal;
        const result = await ddmin(all, (kept) => Promise.resolve(fails(kept)));
        expect(fails(result)).toBe(true);
        for (let at = 0; at < result.length; at += 1) {
          expect(fails(result.filter((_, place) => place !== at))).toBe(false);
        }
      }),
    );
  });
});

test('swapped disks go with either of their nodes', async () => {
  const faults = [
    { atMs: 20, kind: 'swapDisks', left: 'n2', right: 'n3' },
    { atMs: 30, kind: 'swapDisks', left: 'n4', right: 'n1' },
    { atMs: 50, kind: 'crash', node: 'n1' },
    { atMs: 90, kind: 'restart', node: 'n1' },
  ] as const;
  const operations = [{ atMs: 10, from: 'n2', number: 7 }];
  const drawn = { ...drawScenario(tokens, 3), nodeCount: 4, network: {}, outsiders: [] };
  const { failure } = await runScenario(tokens, { ...drawn, faults, operations });
  if (failure === undefined) expect.fail();
  const { scenario } = (await shrink(tokens, failure)).failure;
  expect([scenario.nodeCount, scenario.faults.length]).toEqual([2, 2]);
});

test('a budget is kept, and what comes back still fails', async () => {
  const faults = [
    { atMs: 50, kind: 'crash', node: 'n1' },
    { atMs: 90, kind: 'restart', node: 'n1' },
  ] as const;
  const operations = [{ atMs: 10, from: 'n2', number: 7 }];
  const drawn = { ...drawScenario(tokens, 3), nodeCount: 3, network: {}, outsiders: [] };
  const { failure } = await runScenario(tokens, { ...drawn, faults, operations });
  expect(failure?.invariantId).toBe('kept');
  if (failure === undefined) return;
  for (const runsMax of [0, 1, 5]) {
    const shrunk = await shrink(tokens, failure, { runsMax });
    expect(shrunk.runCount).toBeLessThanOrEqual(runsMax);
    const again = await runScenario(tokens, shrunk.failure.scenario);
    expect(again.failure?.invariantId).toBe('kept');
    expect(again.traceHash).toBe(shrunk.failure.traceHash);
  }
});
