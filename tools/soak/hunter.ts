/** One process of a soak: hunts in the seeds that its arguments give it, and tells its parent. */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';

import { swarmSeed, workloadsOf } from './finds.ts';
import { hunt, type RunSeed } from './hunt.ts';

/** What a hunter is started with, as JSON. */
export interface HunterTask {
  readonly packageName: string;
  readonly minutes: number;
  readonly firstSeed: number;
  readonly stride: number;
  readonly seedCount: number | undefined;
  readonly nodeCount: number | undefined;
}

const task = JSON.parse(process.argv[2] ?? '{}') as HunterTask;
const { packageName, minutes, firstSeed, stride, seedCount, nodeCount } = task;
const file = path.join(
  import.meta.dirname,
  '../../packages',
  packageName,
  'test/support/run-seed.ts',
);
const { runSeed } = (await import(pathToFileURL(file).href)) as { runSeed: RunSeed };
const runSwarm = swarmSeed(await workloadsOf(packageName), '.soak');
const deadlineMs = Date.now() + minutes * 60_000;
let heldCount = 0;
const caught = await hunt({
  runSeed: async (seed) => {
    // A swarm draws its number of nodes; who asks for one wants the other runs.
    if (nodeCount === undefined) await runSwarm(seed);
    await runSeed(seed, { nodeCount });
  },
  firstSeed,
  stride,
  isOver: () => Date.now() >= deadlineMs || heldCount >= (seedCount ?? Number.POSITIVE_INFINITY),
  onHeld: () => {
    heldCount += 1;
    process.send?.({ kind: 'held' });
  },
});
if (caught) {
  process.send?.({ kind: 'broken', seed: caught.seed, report: inspect(caught.error) });
}
process.disconnect?.();
