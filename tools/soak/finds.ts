import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import {
  chartSvg,
  chartText,
  type Failure,
  huntSeed,
  parseScenario,
  printScenario,
  runScenario,
  type RunResult,
  shrink,
  type Workload,
} from '@quorate/simulation';
import type { RunSeed } from './hunt.ts';

/** How much of a trace a chart is drawn from. */
const keepLines = 20_000;

/** The workloads of a package: what its test/support/workloads.ts exports. */
export async function workloadsOf(packageName: string): Promise<readonly Workload[]> {
  const file = path.join(
    import.meta.dirname,
    '../../packages',
    packageName,
    'test/support/workloads.ts',
  );
  const { workloads } = (await import(pathToFileURL(file).href)) as {
    workloads: readonly Workload[];
  };
  return workloads;
}

/** Runs the swarm of each workload with a seed; what it finds is cut down and filed in `folder`. */
export function swarmSeed(workloads: readonly Workload[], folder: string): RunSeed {
  return async (seed) => {
    for (const workload of workloads) {
      const { failure } = await huntSeed(workload, seed);
      if (failure === undefined) continue;
      const { failure: shrunk } = await shrink(workload, failure);
      const file = await fileFind(workload, shrunk, folder);
      throw new Error(`${shrunk.message}\nreplay: pnpm soak --replay ${file}`);
    }
  };
}

/**
 * Writes a find: the scenario as JSON, and charts of its run as text and SVG beside it.
 *
 * @returns The path of the JSON.
 */
async function fileFind(workload: Workload, failure: Failure, folder: string): Promise<string> {
  const { scenario, invariantId } = failure;
  const { failure: shown = failure } = await runScenario(workload, scenario, { keepLines });
  const name = `${workload.name} ${invariantId} ${scenario.seed}`.replace(/[^a-zA-Z0-9]+/g, '-');
  const file = path.join(folder, `${name}.json`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, printScenario(scenario));
  writeFileSync(path.join(folder, `${name}.txt`), chartText(shown.lines, { rowsMax: 2_000 }));
  writeFileSync(path.join(folder, `${name}.svg`), chartSvg(shown.lines, { rowsMax: 2_000 }));
  return file;
}

/**
 * Runs the scenario of a file again.
 *
 * @throws RangeError if none of `workloads` has its name, or the file holds no scenario.
 */
export async function replay(file: string, workloads: readonly Workload[]): Promise<RunResult> {
  const scenario = parseScenario(readFileSync(file, 'utf8'));
  const workload = workloads.find(({ name }) => name === scenario.workload);
  if (workload === undefined) {
    const known = workloads.map(({ name }) => name).join(', ');
    throw new RangeError(`workload: expected one of ${known}, got "${scenario.workload}"`);
  }
  return runScenario(workload, scenario, { keepLines });
}
