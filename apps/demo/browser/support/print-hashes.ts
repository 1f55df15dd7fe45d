import { busyRun, seeds } from '../../test/support/busy-run.ts';

const hashes: Record<string, string> = {};
for (const seed of seeds) hashes[seed] = (await busyRun(seed)).hash();
console.log(JSON.stringify(hashes));
