/**
 * Keeps two processes from using one data directory: two writers in one log would destroy it.
 *
 * The lock is a file with the owner's process id. After a crash it stays behind, so a lock whose
 * owner is gone is taken over. Process ids are used again: on Linux the owner's start time tells
 * whether it is still the same process.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Releases the directory. */
export type Release = () => void;

/**
 * Takes `directory`, which is made if missing.
 *
 * @throws Error naming the process that has it.
 */
export function lockDataDirectory(directory: string): Release {
  mkdirSync(directory, { recursive: true });
  const path = join(directory, 'lock');
  const mine = `${process.pid} ${startTimeOf(process.pid)}`;
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      writeFileSync(path, mine, { flag: 'wx' });
      return () => {
        rmSync(path, { force: true });
      };
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    const owner = readFileSync(path, 'utf8');
    const pid = Number(owner.split(' ')[0]);
    if (owner !== mine && isAlive(pid) && owner === `${pid} ${startTimeOf(pid)}`) {
      throw new Error(`${directory} is used by process ${pid}; stop it first`);
    }
    rmSync(path, { force: true });
  }
  throw new Error(`${directory}: someone else took it at the same moment`);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Not ours to signal, but there.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** When the process started, in the kernel's units; empty where the system does not tell. */
function startTimeOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold spaces; the start time is the 20th field after it.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
