import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import { CannotRun, type Sample } from '../suite.ts';

/** What takes longer says so, instead of a figure. */
const TIME_MAX_MS = 120_000;
/** Typing that others read afterwards may take longer. */
const PREPARATION_MS_MAX = 240_000;

const main = join(import.meta.dirname, 'figure-main.ts');

/** Measures one figure in a process of its own. @throws CannotRun if it takes over two minutes. */
export async function measureIn(library: string, request: object): Promise<Sample> {
  const isPreparation = 'figure' in request && request.figure === 'prepare';
  const child = spawn(
    process.execPath,
    ['--expose-gc', '--conditions=@quorate/source', main, library, JSON.stringify(request)],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: isPreparation ? PREPARATION_MS_MAX : TIME_MAX_MS,
      killSignal: 'SIGKILL',
    },
  );
  const ended = new Promise<NodeJS.Signals | null>((resolve) => {
    child.once('close', (_code, signal) => resolve(signal));
  });
  const [signal, printed, errors] = await Promise.all([
    ended,
    text(child.stdout),
    text(child.stderr),
  ]);
  if (signal === 'SIGKILL') throw new CannotRun('takes over two minutes');
  const line = printed.trim().split('\n').at(-1) ?? '';
  if (line === '') {
    throw new Error(/^\w*Error: .*$/mu.exec(errors)?.[0] ?? 'ended without a figure');
  }
  return JSON.parse(line) as Sample;
}

let scratch: string | undefined;

/** A folder for `name`, gone when this process ends. */
export function scratchFolder(name: string): string {
  if (scratch === undefined) {
    const folder = mkdtempSync(join(tmpdir(), 'quorate-bench-'));
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    scratch = folder;
  }
  const folder = join(scratch, name);
  mkdirSync(folder, { recursive: true });
  return folder;
}
