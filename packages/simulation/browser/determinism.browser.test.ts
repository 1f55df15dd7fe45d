import { expect, test } from 'vitest';

import { hashes } from '../test/support/hashes.ts';
import { runEverything } from '../test/support/scenario.ts';

test.each(hashes)('seed $seed gives hash $hash in a browser as in Node', async ({ seed, hash }) => {
  expect('document' in globalThis).toBe(true);
  const simulation = await runEverything(seed, ['n1', 'n2', 'n3'], 20_000);
  expect(simulation.trace.hash()).toBe(hash);
});
