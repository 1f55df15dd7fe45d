/** One process of a soak: hunts in the seeds that its arguments give it, and tells its parent. */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';

import { hunt, type RunSeed } from './hunt.ts';

const [packageName = '', minutes, firstSeed, stride] = process.argv.slice(2);
const file = path.join(
  import.meta.dirname,
  '../../packages',
  packageName,
  'test/support/run-seed.ts',
);
const { runSeed } = (await import(pathToFileURL(file).href)) as { runSeed: RunSeed };
const deadlineMs = Date.now() + Number(minutes) * 60_000;
const caught = await hunt({
  runSeed,
  firstSeed: Number(firstSeed),
  stride: Number(stride),
  isOver: () => Date.now() >= deadlineMs,
  onHeld: () => process.send?.({ kind: 'held' }),
});
if (caught) {
  process.send?.({ kind: 'broken', seed: caught.seed, report: inspect(caught.error) });
}
process.disconnect?.();
