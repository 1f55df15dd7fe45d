import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';

import { nodeDisk } from '../../src/adapters/node.ts';
import { describeDisk } from '../../src/contract/index.ts';

describeDisk('node', async () => {
  const root = await mkdtemp(`${tmpdir()}/quorate-disk-`);
  return { disk: nodeDisk(root), tearDown: () => rm(root, { recursive: true }) };
});
