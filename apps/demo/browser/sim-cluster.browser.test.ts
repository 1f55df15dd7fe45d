import { expect, inject, test } from 'vitest';

import { busyRun, seeds } from '../test/support/busy-run.ts';

test.each(seeds)('the run of seed %i is the same in a browser as in Node', async (seed) => {
  expect('document' in globalThis).toBe(true);
  const cluster = await busyRun(seed);
  expect(cluster.hash()).toBe(inject('nodeHashes')[seed]);
});
