import { describe, expect, test } from 'vitest';

import { scenarios } from '../../src/scenarios/index.ts';
import { ScenarioRun } from '../../src/scenarios/run-scenario.ts';

/** More of them: `SCENARIO_SEEDS=20`. */
const seedCount = Number(process.env['SCENARIO_SEEDS'] ?? 1);
const seeds = Array.from({ length: seedCount }, (_, index) => index + 1);

describe.each(scenarios)('$name: $title', (scenario) => {
  test.each(seeds)('all that it claims holds (seed %i)', async (seed) => {
    const judgements = await new ScenarioRun(scenario, seed).finish();
    const broken = judgements.filter(({ holds }) => !holds);
    expect(broken.map(({ claim, detail }) => `${claim.kind}: ${detail}`)).toEqual([]);
  });
});

test('there are twelve, no two of one name', () => {
  expect(new Set(scenarios.map(({ name }) => name)).size).toBe(12);
});
