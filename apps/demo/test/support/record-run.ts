import type { Annotation, History } from '@quorate/linearizability';
import {
  drawScenario,
  type FaultEvent,
  runScenario,
  type RunResult,
  type Scenario,
} from '@quorate/simulation';
import { seededRandom } from '@quorate/transport/system';

import type { ReadMode } from '../../src/config/read-mode.ts';
import type { ConfigExperiment } from './config-experiment.ts';
import type { ConfigInput, ConfigOutput } from '../../src/check/config-model.ts';
import { configWorkload, stormOf } from './config-workload.ts';

/** One run and what its clients saw. */
export interface RecordedRun {
  readonly scenario: Scenario;
  readonly history: History<ConfigInput, ConfigOutput>;
  /** The faults, for a report. */
  readonly lane: readonly Annotation[];
  readonly result: RunResult;
}

/** Clients that read so, in the storm of `seed`. */
export async function recordStorm(read: ReadMode, seed: number): Promise<RecordedRun> {
  const drawn = drawScenario(configWorkload({ read }), seed, {
    operationCount: { min: 1_000, max: 1_001 },
  });
  const storm = stormOf(seededRandom(seed), drawn);
  // A lease is good for as much as the clocks are.
  const isWell = ({ kind }: FaultEvent): boolean => read !== 'lease' || kind !== 'drift';
  return recordRun(read, { ...storm, faults: storm.faults.filter(isWell) });
}

/** Clients that read so, in `scenario`. */
export async function recordRun(read: ReadMode, scenario: Scenario): Promise<RecordedRun> {
  const experiments: ConfigExperiment[] = [];
  const workload = configWorkload({ read, onOpen: (opened) => experiments.push(opened) });
  const result = await runScenario(workload, scenario);
  const [experiment] = experiments;
  if (!experiment) throw new Error('the run never began');
  return { scenario, history: experiment.history, lane: experiment.lane, result };
}
