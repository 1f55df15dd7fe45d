import { open } from 'node:fs';
import * as fs from 'node:fs/promises';
import * as paths from 'node:path';

import { directoryParts, pathParts } from '../disk-path.ts';
import type { Disk, DiskFile, OpenOptions } from '../disk.ts';
import { DiskError } from '../errors.ts';
import { diskError, systemCodeOf } from './node-errors.ts';
import { NodeFile } from './node-file.ts';
import { lockFolder } from './node-lock.ts';

// On Windows O_NOFOLLOW is undefined, which counts as 0 here.
const { O_CREAT, O_EXCL, O_NOFOLLOW, O_RDWR } = fs.constants;

const FLAGS: Readonly<Record<NonNullable<OpenOptions['mode']>, number>> = {
  existing: O_RDWR | O_NOFOLLOW,
  create: O_RDWR | O_NOFOLLOW | O_CREAT,
  new: O_RDWR | O_NOFOLLOW | O_CREAT | O_EXCL,
};

/**
 * The folder `rootDirectory` of this machine's file system as a `Disk`.
 *
 * @param rootDirectory - Absolute, or relative to the working directory of now. Made with its first
 *   folder.
 *
 * @remarks
 * Syncs with fdatasync, folders with fsync. A symbolic link in place of a file is refused. On
 * Windows folders are not synced: its file systems journal names.
 *
 * @example
 * ```ts
 * import { WriteAheadLog } from '@quorate/storage';
 * import { nodeDisk } from '@quorate/storage/node';
 *
 * const disk = nodeDisk('/var/lib/service');
 * const log = await WriteAheadLog.open({ disk, directory: 'log' });
 * await log.close();
 * ```
 */
export function nodeDisk(rootDirectory: string): Disk {
  return new NodeDisk(paths.resolve(rootDirectory));
}

class NodeDisk implements Disk {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  async open(path: string, options: OpenOptions = {}): Promise<DiskFile> {
    const location = this.#locate(pathParts(path));
    const flags = FLAGS[options.mode ?? 'existing'];
    return named(path, async () => {
      const handle = await openDescriptor(location, flags);
      return new NodeFile(path, handle);
    });
  }

  async list(directory: string): Promise<readonly string[]> {
    const location = this.#locate(directoryParts(directory));
    const names = await named(directory, () => fs.readdir(location));
    return names.sort();
  }

  async createDirectory(directory: string): Promise<void> {
    const location = this.#locate(directoryParts(directory));
    await named(directory, async () => {
      const firstMade = await fs.mkdir(location, { recursive: true });
      // Folders above the root have no name on this disk, so nobody else can sync them.
      const isRootNew = firstMade !== undefined && this.#root.startsWith(firstMade);
      if (isRootNew) await syncFolders(paths.dirname(firstMade), this.#root);
    });
  }

  async rename(from: string, to: string): Promise<void> {
    const [source, target] = [this.#locate(pathParts(from)), this.#locate(pathParts(to))];
    await named(from, async () => {
      if ((await fs.lstat(source)).isDirectory()) throw new Error('folders cannot be renamed');
      await fs.rename(source, target);
    });
  }

  async remove(path: string): Promise<void> {
    const location = this.#locate(pathParts(path));
    await named(path, () => fs.rm(location, { force: true }));
  }

  async syncDirectory(directory: string): Promise<void> {
    const location = this.#locate(directoryParts(directory));
    await named(directory, () => syncFolder(location));
  }

  async lock(directory: string): Promise<() => Promise<void>> {
    const location = this.#locate(directoryParts(directory));
    return named(directory, () => lockFolder(location, directory));
  }

  #locate(parts: readonly string[]): string {
    return paths.join(this.#root, ...parts);
  }
}

/** Reports errors of the system as those of the port. */
async function named<Result>(path: string, run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    throw error instanceof DiskError ? error : diskError(path, error);
  }
}

function openDescriptor(location: string, flags: number): Promise<number> {
  return new Promise((resolve, reject) => {
    open(location, flags, 0o600, (error, descriptor) => {
      if (error === null) resolve(descriptor);
      else reject(error);
    });
  });
}

/** Syncs every folder from `from` down to `to`, which lies within it. */
async function syncFolders(from: string, to: string): Promise<void> {
  let folder = from;
  await syncFolder(folder);
  for (const part of paths.relative(from, to).split(paths.sep)) {
    folder = paths.join(folder, part);
    await syncFolder(folder);
  }
}

async function syncFolder(location: string): Promise<void> {
  const handle = await fs.open(location, 'r').catch((error: unknown) => {
    if (process.platform === 'win32' && systemCodeOf(error) !== 'ENOENT') return undefined;
    throw error;
  });
  try {
    await handle?.sync();
  } finally {
    await handle?.close();
  }
}
