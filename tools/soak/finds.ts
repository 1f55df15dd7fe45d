import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

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

/** What a swarm is told, and tells. */
export interface SwarmWatch {
  /** Asked before each workload but the first. */
  isOver(): boolean;
  /** Told of each workload that held. */
  onHeld(workload: string): void;
}

/** Runs the swarm of each workload with a seed; what it finds is cut down and filed in `folder`. */
export function swarmSeed(
  workloads: readonly Workload[],
  folder: string,
  watch: SwarmWatch = { isOver: () => false, onHeld: () => undefined },
): RunSeed {
  return async (seed) => {
    for (const workload of workloads) {
      const { failure } = await huntSeed(workload, seed);
      if (failure === undefined) watch.onHeld(workload.name);
      else throw new Error(await report(workload, failure, folder));
      if (watch.isOver()) return;
    }
  };
}

async function report(workload: Workload, failure: Failure, folder: string): Promise<string> {
  const { failure: shrunk } = await shrink(workload, failure);
  const file = await fileFind(workload, shrunk, folder);
  const { faults, operations, nodeCount } = shrunk.scenario;
  const left = `${faults.length} faults, ${operations.length} operations, ${nodeCount} nodes`;
  const drawn = file.replace(/json$/, '{txt,svg}');
  return [
    `${workload.name} broke a promise: ${shrunk.message}`,
    `least found: ${left}; drawn in ${drawn}`,
    `replay: pnpm soak --replay ${file}`,
  ].join('\n');
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
