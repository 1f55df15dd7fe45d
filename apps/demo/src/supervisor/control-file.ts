/** Tells `demo kill n2` in another terminal how to reach the demo that runs. */
import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';

/** What a control file says. */
export interface ControlPoint {
  /** The supervisor's process. */
  readonly pid: number;
  /** Where its API listens. */
  readonly url: string;
  /** What proves the right to use it: the file is readable by its owner only. */
  readonly token: string;
}

/** Where the file is unless `--control` says otherwise. */
export function defaultControlFile(): string {
  const { uid, username } = userInfo();
  return join(tmpdir(), `quorate-demo-${uid >= 0 ? String(uid) : username}`, 'control.json');
}

/** Writes the file, for its owner only. @throws Error if its folder belongs to someone else. */
export function writeControlFile(path: string, point: ControlPoint): void {
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (path === defaultControlFile()) {
    // A shared temporary directory: someone else may have made this folder first.
    const { uid } = statSync(folder);
    if (userInfo().uid >= 0 && uid !== userInfo().uid) {
      throw new Error(`${folder} belongs to another user; choose a file with --control`);
    }
    chmodSync(folder, 0o700);
  }
  rmSync(path, { force: true });
  writeFileSync(path, `${JSON.stringify(point)}\n`, { mode: 0o600, flag: 'wx' });
}

/** What the file says, or `undefined` if there is none or it says something else. */
export function readControlFile(path: string): ControlPoint | undefined {
  let document: unknown;
  try {
    document = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
  if (typeof document !== 'object' || document === null) return undefined;
  const { pid, url, token }: Partial<Record<keyof ControlPoint, unknown>> = document;
  if (typeof pid !== 'number' || typeof url !== 'string' || typeof token !== 'string') {
    return undefined;
  }
  return { pid, url, token };
}

/** Removes the file if it still names this process. */
export function removeControlFile(path: string): void {
  if (readControlFile(path)?.pid === process.pid) rmSync(path, { force: true });
}
