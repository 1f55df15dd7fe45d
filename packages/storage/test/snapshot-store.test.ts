import { expect, test } from 'vitest';

import { MemoryDisk } from '../src/adapters/memory.ts';
import { SnapshotStore } from '../src/snapshot-store.ts';

const header = { lastIncludedIndex: 7, lastIncludedTerm: 2, metadata: Uint8Array.of(1, 2) };

test('a saved snapshot is there after a crash', async () => {
  const disk = new MemoryDisk();
  const store = await SnapshotStore.open({ disk, directory: 'a/snapshots' });
  expect(await store.latest()).toBeUndefined();
  await store.save(header, Uint8Array.of(3, 4, 5));
  const after = await SnapshotStore.open({ disk: disk.afterCrash(), directory: 'a/snapshots' });
  expect(await after.latest()).toEqual({ header, data: Uint8Array.of(3, 4, 5), damaged: [] });
});
