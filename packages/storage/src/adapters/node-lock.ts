import { spawn } from 'node:child_process';
import * as fs from 'node:fs/promises';

import { DiskError } from '../errors.ts';
import { systemCodeOf } from './node-errors.ts';

/** Exit code of `flock` when someone else holds the lock. */
const HELD_BY_ANOTHER = 1;

/** Folders locked by this process, by their real path. */
const held = new Set<string>();

/**
 * Keeps other processes on this machine out of a folder that is locked the same way.
 *
 * The lock is the kernel's: it ends with this process, however that ends, so none is ever left
 * behind. Node has no call for it. The program `flock` of util-linux or BusyBox takes it on a
 * descriptor that it inherits, and the lock stays with the open file when the program is gone.
 * Where there is no such program, only users within this process are kept apart.
 *
 * @param folder - As the system knows it.
 * @param name - As the caller knows it, for errors.
 * @returns Releases the lock. Idempotent.
 * @throws DiskError 'DISK_LOCKED' if someone holds it.
 */
export async function lockFolder(folder: string, name: string): Promise<() => Promise<void>> {
  const realPath = await fs.realpath(folder);
  if (held.has(realPath)) throw lockedError(name);
  held.add(realPath);
  try {
    const file = await fs.open(`${realPath}/.lock`, 'a');
    if ((await flock(file.fd)) === HELD_BY_ANOTHER) {
      await file.close();
      throw lockedError(name);
    }
    let isHeld = true;
    return async () => {
      if (!isHeld) return;
      isHeld = false;
      held.delete(realPath);
      await file.close();
    };
  } catch (error) {
    held.delete(realPath);
    throw error;
  }
}

/** The exit code of `flock`, or 0 if there is no such program. */
function flock(descriptor: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn('flock', ['-n', '3'], {
      stdio: ['ignore', 'ignore', 'ignore', descriptor],
    });
    child.once('error', (error) => {
      if (systemCodeOf(error) === 'ENOENT') resolve(0);
      else reject(error);
    });
    child.once('exit', (code) => {
      resolve(code ?? HELD_BY_ANOTHER);
    });
  });
}

function lockedError(name: string): DiskError {
  return new DiskError('DISK_LOCKED', name, 'is in use; close its other user first');
}
