/** One simulated run, as it goes to a worker thread and into a file. */
import * as v from 'valibot';

import { freePlayUntil, runSeeds, type SeedResult } from '../../scenarios/run-seeds.ts';
import { scenarios } from '../../scenarios/index.ts';
import { faultProfiles } from '../../sim/fault-profile.ts';
import { INPUT_MS_MAX, inputsSchema } from '../../sim/run-link.ts';

/** The data of a run. */
export const simJobSchema = v.strictObject({
  seed: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 32 - 1)),
  /** By name; null is a cluster to play with. */
  scenario: v.nullable(v.picklist(scenarios.map(({ name }) => name))),
  /** How long there is load, in virtual ms; of a scenario it is the scenario's. */
  forMs: v.pipe(v.number(), v.minValue(1), v.maxValue(INPUT_MS_MAX)),
  /** Load ends before that, after so many events of the simulator, if there is such a number. */
  steps: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  faults: v.picklist(faultProfiles),
  inputs: inputsSchema,
});

/** What makes a run. */
export type SimJob = v.InferOutput<typeof simJobSchema>;

/** Plays it to its end. @returns undefined if `signal` was aborted before. */
export async function playJob(job: SimJob, signal?: AbortSignal): Promise<SeedResult | undefined> {
  const { seed, scenario: name, forMs, faults, inputs, steps } = job;
  const scenario = scenarios.find((one) => one.name === name) ?? freePlayUntil(forMs);
  let result: SeedResult | undefined;
  const options = { faults, inputs, ...(steps && { steps }), ...(signal && { signal }) };
  await runSeeds(scenario, [seed], (one) => (result = one), options);
  return result;
}
