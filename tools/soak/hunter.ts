/** One process of a soak: hunts in the seeds that its arguments give it, and tells its parent. */
import { inspect } from 'node:util';

import { swarmSeed } from './finds.ts';
import { hunt } from './hunt.ts';
import { withNodeCount, workloadsOf } from './workloads.ts';

/** What a hunter is started with, as JSON. */
export interface HunterTask {
  readonly packageNames: readonly string[];
  readonly minutes: number;
  readonly firstSeed: number;
  readonly stride: number;
  readonly seedCount: number | undefined;
  readonly nodeCount: number | undefined;
}

/** What a hunter tells. */
export type Report =
  | { readonly kind: 'held'; readonly workload: string }
  | { readonly kind: 'broken'; readonly seed: number; readonly report: string };

const task = JSON.parse(process.argv[2] ?? '{}') as HunterTask;
const { packageNames, minutes, firstSeed, stride, seedCount, nodeCount } = task;
const all = (await Promise.all(packageNames.map(workloadsOf))).flat();
const workloads = nodeCount === undefined ? all : all.map((each) => withNodeCount(each, nodeCount));
const deadlineMs = Date.now() + minutes * 60_000;
const isLate = (): boolean => Date.now() >= deadlineMs;
let seedsDone = 0;
const caught = await hunt({
  runSeed: swarmSeed(workloads, '.soak', {
    isOver: isLate,
    onHeld: (workload) => process.send?.({ kind: 'held', workload } satisfies Report),
  }),
  firstSeed,
  stride,
  isOver: () => isLate() || seedsDone >= (seedCount ?? Number.POSITIVE_INFINITY),
  onHeld: () => {
    seedsDone += 1;
  },
});
if (caught) {
  const { seed, error } = caught;
  const report = error instanceof Error ? error.message : inspect(error);
  process.send?.({ kind: 'broken', seed, report } satisfies Report);
}
process.disconnect?.();
