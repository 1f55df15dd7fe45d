import { describe, expect, test } from 'vitest';

import { scenarios } from '../../src/scenarios/index.ts';
import {
  freePlayUntil,
  runSeeds,
  type SeedResult,
  type SeedsOptions,
} from '../../src/scenarios/run-seeds.ts';
import { ScenarioRun } from '../../src/scenarios/run-scenario.ts';
import type { RunInput } from '../../src/sim/run-link.ts';

const short = freePlayUntil(6_000);
const cut: readonly RunInput[] = [
  { atMs: 0, kind: 'load', edits: 5, config: 60 },
  { atMs: 2_500, kind: 'partition', left: ['n5'], right: 'others', isOneWay: false },
];
/** A node that is cut off is asked all the same, and what it says counts as the truth. */
const broken: readonly RunInput[] = [{ atMs: 0, kind: 'reads', mode: 'stale' }, ...cut];

async function resultsOf(
  seeds: readonly number[],
  options: SeedsOptions = {},
): Promise<readonly SeedResult[]> {
  const results: SeedResult[] = [];
  await runSeeds(short, seeds, (result) => results.push(result), options);
  return results;
}

describe('other seeds', () => {
  test('are runs of their own, each as if it had been alone', async () => {
    const results = await resultsOf([3, 4]);
    expect(results.map(({ seed, holds }) => [seed, holds])).toEqual([
      [3, true],
      [4, true],
    ]);
    const alone = new ScenarioRun(short, 3);
    await alone.finish();
    expect(results[0]?.hash).toBe(alone.cluster.hash());
    expect(results[1]?.hash).not.toBe(alone.cluster.hash());
  });

  test('show a broken rule', async () => {
    const sound = await resultsOf([1, 2], { inputs: cut });
    expect(sound.map(({ holds }) => holds)).toEqual([true, true]);
    const results = await resultsOf([1, 2], { inputs: broken });
    expect(results.map(({ holds }) => holds)).toEqual([false, false]);
    const reasons = results.flatMap(({ judgements }) => judgements.filter(({ holds }) => !holds));
    expect(reasons.map(({ claim }) => claim.kind)).toEqual(['linearizable', 'linearizable']);
  });

  test('end their load after so many events, and are as others up to there', async () => {
    const long = freePlayUntil(60_000);
    const results: SeedResult[] = [];
    await runSeeds(long, [3], (result) => results.push(result), { steps: 1_000 });
    const [counted] = results;
    const settleMs = new ScenarioRun(short, 3).endMs - short.durationMs;
    const loadMs = (counted?.endMs ?? 0) - settleMs;
    expect(counted?.stepCount).toBeGreaterThanOrEqual(1_000);
    expect(loadMs % 1_000).toBe(0);
    expect(loadMs).toBeLessThan(60_000);
    await runSeeds(freePlayUntil(loadMs), [3], (result) => results.push(result));
    expect(results[1]?.hash).toBe(counted?.hash);
  }, 180_000);

  test('end when they are told to', async () => {
    const controller = new AbortController();
    const results: SeedResult[] = [];
    const onResult = (result: SeedResult): void => {
      results.push(result);
      controller.abort();
    };
    await runSeeds(short, [1, 2, 3], onResult, { signal: controller.signal });
    expect(results.map(({ seed }) => seed)).toEqual([1]);
  });

  test('that are none are refused', async () => {
    for (const seed of [-1, 0.5, 2 ** 32, Number.NaN]) {
      await expect(runSeeds(scenarios[0]!, [seed], () => undefined)).rejects.toThrow(RangeError);
    }
  });
});
