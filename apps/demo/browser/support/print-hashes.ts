import { busyRun, seeds } from '../../test/support/busy-run.ts';

for (const seed of seeds) console.log(seed, (await busyRun(seed)).hash());
