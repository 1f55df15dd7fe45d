import { MemoryDisk } from '@quorate/storage/memory';
import { expect, test } from 'vitest';

import { BoardFiles } from '../../src/board/board-files.ts';

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const names = Array.from({ length: 40 }, (_, number) => `b-${number}`);

/** What is kept of a board: its snapshot and its updates. */
async function contentOf(files: BoardFiles, boardId: string): Promise<unknown> {
  const store = await files.openStore(boardId);
  const { snapshots, updates } = await store.load();
  const all: number[][] = [];
  for await (const some of updates) all.push(...some.map((update) => [...update]));
  await store.close();
  return [snapshots.map((one) => [...one]), all];
}

test('edits of many boards become durable with one sync, and none of them has a file', async () => {
  const disk = new MemoryDisk();
  const files = await BoardFiles.open(disk);
  const stores = await Promise.all(names.map((name) => files.openStore(name)));
  await Promise.all(stores.map((store) => store.load()));
  const before = await disk.list('boards/log');
  await Promise.all(stores.map((store, number) => store.append([bytes(number)])));
  expect(files.syncCount).toBe(1);
  expect(before.length).toBeLessThanOrEqual(1);
  expect(await disk.list('boards')).toEqual(['log']);

  const again = await BoardFiles.open(disk.afterCrash());
  expect(again.boardIds).toEqual(names.toSorted());
  expect(await contentOf(again, 'b-17')).toEqual([[], [[17]]]);
});

test('a board that was removed is gone with its snapshots, and may begin anew', async () => {
  const disk = new MemoryDisk();
  const files = await BoardFiles.open(disk);
  for (const name of ['b-1', 'b-2']) {
    const store = await files.openStore(name);
    await store.load();
    await store.append([bytes(1), bytes(2)]);
    await store.saveSnapshot(bytes(9), 1);
    await store.close();
  }
  await files.remove('b-1');
  await files.remove('b-3');
  expect(await disk.list('boards/copies/b-1/snapshots')).toEqual([]);

  const again = await BoardFiles.open(disk.afterCrash());
  expect(again.boardIds).toEqual(['b-2']);
  expect(await contentOf(again, 'b-1')).toEqual([[], []]);
  expect(await contentOf(again, 'b-2')).toEqual([[[9]], [[2]]]);
});
