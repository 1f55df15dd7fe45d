import { directoryParts, joinPath } from './disk-path.ts';
import type { Disk } from './disk.ts';

/**
 * Makes `directory` and its parents, and returns only once their names would survive a crash.
 *
 * Without the parents' syncs a crash could take the folder, and every synced file in it.
 */
export async function createDurableDirectory(disk: Disk, directory: string): Promise<void> {
  await disk.createDirectory(directory);
  let path = '';
  await disk.syncDirectory(path);
  for (const part of directoryParts(directory)) {
    path = joinPath(path, part);
    await disk.syncDirectory(path);
  }
}
