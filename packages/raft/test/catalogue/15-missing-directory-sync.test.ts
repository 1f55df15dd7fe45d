import { MemoryDisk } from '@quorate/storage/memory';
import { expect, test } from 'vitest';

import { commands, startedOn, StoredNode } from '../support/stored-node.ts';

// A file is synced and its name is not (etcd#6368): after a loss of power a new segment, or a
// snapshot that was renamed, is gone with all that was acknowledged.
//
// Protection: @quorate/storage syncs the folder before it acknowledges anything in a new file:
// `create` of src/segment-files.ts there; `#onNamed` of src/snapshot-store.ts; and whatever makes
// the folders, src/durable-directory.ts.
// Mutations: without the sync of the folder in any of the three a start finds less than was
// acknowledged.

test('names of files are as durable as what stands in them', async () => {
  const memory = new MemoryDisk();
  const stored = await StoredNode.open(memory);
  const hardState = { currentTerm: 1, votedFor: undefined, promised: undefined };
  const payload = new Uint8Array(1_000);
  // More than two segments hold.
  for (let logIndex = 1; logIndex <= 150; logIndex += 1) {
    const entries = commands(1, logIndex, logIndex).map((entry) => ({ ...entry, payload }));
    await stored.write({ hardState, entries });
    if (logIndex % 10 === 0)
      expect(await startedOn(memory.afterCrash())).toBe(`0 then 1..${logIndex}`);
  }
});

test('a snapshot that is stored is there after a loss of power', async () => {
  const memory = new MemoryDisk();
  const stored = await StoredNode.open(memory);
  const hardState = { currentTerm: 1, votedFor: undefined, promised: undefined };
  await stored.write({ hardState, entries: commands(1, 1, 10) });
  await stored.takeSnapshot(5);
  expect(await startedOn(memory.afterCrash())).toBe('5 then 6..10');
});
