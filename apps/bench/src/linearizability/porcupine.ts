import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

import { CannotRun } from '../suite.ts';
import type { Checker } from './times.ts';

/** One thread, as ours; and nothing is fetched: Porcupine depends on the standard library only. */
const goEnvironment = {
  GOMAXPROCS: '1',
  GOPROXY: 'off',
  GOSUMDB: 'off',
  GOFLAGS: '-mod=mod',
  GOTOOLCHAIN: 'local',
};

/** Where Porcupine's sources are, if they are on this machine. */
export const porcupineSources = process.env['QUORATE_PORCUPINE'];

/**
 * Compiles `porcupine-main.go` with the sources of Porcupine that `QUORATE_PORCUPINE` names.
 *
 * @throws CannotRun without the sources, or without Go.
 */
export async function buildPorcupine(): Promise<Checker> {
  if (porcupineSources === undefined || !existsSync(join(porcupineSources, 'checker.go'))) {
    throw new CannotRun(
      'no sources of Porcupine: git clone https://github.com/anishathalye/porcupine, ' +
        'and name the folder in QUORATE_PORCUPINE',
    );
  }
  const folder = await mkdtemp(join(tmpdir(), 'porcupine-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true });
  const module = 'github.com/anishathalye/porcupine';
  await copyFile(join(import.meta.dirname, 'porcupine-main.go'), join(folder, 'main.go'));
  await writeFile(
    join(folder, 'go.mod'),
    `module checker\ngo 1.16\nrequire ${module} v0.0.0\n` +
      `replace ${module} => ${resolve(porcupineSources)}\n`,
  );
  const command = join(folder, 'checker');
  try {
    const env = { ...process.env, ...goEnvironment };
    await promisify(execFile)('go', ['build', '-o', command, '.'], { cwd: folder, env });
  } catch (error) {
    await remove();
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      throw new CannotRun('Go is not installed: apt-get install golang-go');
    }
    throw error;
  }
  return { command, args: [], env: goEnvironment, remove };
}
