import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { Disk, DiskFile, OpenOptions } from '../disk.ts';
import { directoryParts, pathParts } from '../disk-path.ts';
import { DiskError } from '../errors.ts';
import { diskErrorOf } from './node-errors.ts';
import { NodeFile } from './node-file.ts';

/**
 * Files below a folder of this machine.
 *
 * @param rootDirectory - Made if missing, when the first file or folder in it is. Nothing outside
 *   of it is ever touched, unless it holds symbolic links that lead there.
 *
 * @remarks
 * `sync` is `fdatasync`, `syncDirectory` is `fsync` of the folder. Whether a synced write then
 * survives a power cut is up to the file system and the drive. Windows cannot sync folders; there
 * the file system's own journal must keep names.
 */
export function nodeDisk(rootDirectory: string): Disk {
  return new NodeDisk(rootDirectory);
}

class NodeDisk implements Disk {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  async open(path: string, { mode = 'existing' }: OpenOptions = {}): Promise<DiskFile> {
    const place = this.#placeOf(path);
    return new NodeFile(path, await attempt(path, () => openFile(place, mode)));
  }

  async list(directory: string): Promise<readonly string[]> {
    const names = await attempt(directory, () => readdir(this.#folderOf(directory)));
    // The default order is that of UTF-16 code units.
    return names.sort();
  }

  async createDirectory(directory: string): Promise<void> {
    await attempt(directory, () => mkdir(this.#folderOf(directory), { recursive: true }));
  }

  async rename(from: string, to: string): Promise<void> {
    await attempt(from, () => rename(this.#placeOf(from), this.#placeOf(to)));
  }

  async remove(path: string): Promise<void> {
    await attempt(path, () => rm(this.#placeOf(path), { force: true }));
  }

  async syncDirectory(directory: string): Promise<void> {
    if (process.platform === 'win32') return;
    await attempt(directory, async () => {
      const handle = await open(this.#folderOf(directory), 'r');
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
    });
  }

  #placeOf(path: string): string {
    return join(this.#root, ...pathParts(path));
  }

  #folderOf(directory: string): string {
    return join(this.#root, ...directoryParts(directory));
  }
}

/** 'wx+' fails if the file exists, 'r+' if it does not: together they never truncate. */
async function openFile(
  place: string,
  mode: 'existing' | 'create' | 'new',
): Promise<FileHandle> {
  if (mode === 'existing') return open(place, 'r+');
  if (mode === 'new') return open(place, 'wx+');
  try {
    return await open(place, 'r+');
  } catch (error) {
    if (diskErrorOf(place, error).code !== 'DISK_NOT_FOUND') throw error;
    return open(place, 'wx+');
  }
}

async function attempt<Result>(path: string, action: () => Promise<Result>): Promise<Result> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof DiskError || error instanceof RangeError) throw error;
    throw diskErrorOf(path, error);
  }
}
