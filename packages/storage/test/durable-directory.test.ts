import { expect, test } from 'vitest';

import { MemoryDisk } from '../src/adapters/memory.ts';
import { createDurableDirectory } from '../src/durable-directory.ts';

test.each(['a', 'a/b/c'])('the folder %s and its parents survive a crash', async (directory) => {
  const disk = new MemoryDisk();
  await createDurableDirectory(disk, directory);
  expect(await disk.afterCrash().list(directory)).toEqual([]);
});

test('the root is there already', async () => {
  const disk = new MemoryDisk();
  await createDurableDirectory(disk, '');
  expect(await disk.list('')).toEqual([]);
});

test('a path that leads elsewhere is refused', async () => {
  await expect(createDurableDirectory(new MemoryDisk(), '../a')).rejects.toThrow(RangeError);
});
