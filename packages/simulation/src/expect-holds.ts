import { type Failure, huntSeeds, runScenario } from './hunt.ts';
import { chartText } from './sequence-chart.ts';
import { shrink, type ShrinkOptions } from './shrink.ts';
import type { SwarmOptions } from './swarm.ts';
import { BrokenPromise, printScenario, type Workload } from './workload.ts';

/** How much of a trace a report is drawn from, and how much of it is shown. */
const keepLines = 20_000;
const rowsMax = 60;

/**
 * A simulation test in one call: every promise of `workload` holds for each of `seeds`.
 *
 * @throws BrokenPromise for the first seed that breaks one. Its message has all that a person needs
 *   to go on: the seed, what is left of the scenario after shrinking, as JSON, and how it ends.
 *
 * @example
 * ```ts
 * import { expectHolds, nodeIdsOf, seeds, type Workload } from '@quorate/simulation';
 * import { nodeId } from '@quorate/transport';
 *
 * const upright: Workload = {
 *   name: 'upright',
 *   nodeCounts: { min: 1, max: 3 },
 *   drawOperation: () => ({}),
 *   open: (simulation, { nodeCount }) => {
 *     const ids = nodeIdsOf(nodeCount).map(nodeId);
 *     for (const id of ids) simulation.addNode(id, () => ({}));
 *     return {
 *       begin: () => undefined,
 *       isRecovered: () => ids.some((id) => simulation.stateOf(id) === 'running'),
 *     };
 *   },
 * };
 * await expectHolds(upright, seeds(undefined, 5));
 * ```
 */
export async function expectHolds(
  workload: Workload,
  seeds: Iterable<number>,
  options: ShrinkOptions & SwarmOptions = {},
): Promise<void> {
  const { failure } = await huntSeeds(workload, seeds, options);
  if (failure === undefined) return;
  const { failure: least } = await shrink(workload, failure, options);
  const { seed } = failure.scenario;
  const detail = `SEED=${seed} breaks it again\n${await reportOf(workload, least)}`;
  throw new BrokenPromise(failure.invariantId, detail);
}

/** What `failure` is, the scenario as JSON, and a chart of how it ends. */
async function reportOf(workload: Workload, failure: Failure): Promise<string> {
  const { scenario } = failure;
  const { failure: shown = failure } = await runScenario(workload, scenario, { keepLines });
  return [
    `${failure.message}\nat ${failure.atMs} ms of this, the least of it that was found:`,
    printScenario(scenario),
    chartText(shown.lines, { rowsMax }),
  ].join('\n');
}
