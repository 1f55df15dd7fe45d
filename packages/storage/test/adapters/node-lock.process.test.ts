import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { lockFolder } from '../../src/adapters/node-lock.ts';

const modulePath = join(import.meta.dirname, '../../src/adapters/node-lock.ts');
const isLinux = process.platform === 'linux';
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quorate-lock-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** Another process that holds the lock until it is killed; ready when it has it. */
async function holder(): Promise<ChildProcess> {
  const program = `
    const { lockFolder } = await import(${JSON.stringify(modulePath)});
    await lockFolder(${JSON.stringify(folder)}, 'log');
    process.stdout.write('locked');
    setInterval(() => undefined, 1_000_000);`;
  const args = ['--conditions=@quorate/source', '--input-type=module', '--eval', program];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
}

test.runIf(isLinux)('a folder locked by another process is free once that was killed', async () => {
  const child = await holder();
  const locked = { code: 'DISK_LOCKED', path: 'log' };
  await expect(lockFolder(folder, 'log')).rejects.toMatchObject(locked);
  child.kill('SIGKILL');
  await once(child, 'exit');
  const unlock = await lockFolder(folder, 'log');
  await expect(lockFolder(folder, 'log')).rejects.toMatchObject(locked);
  await unlock();
  await unlock();
  await (
    await lockFolder(folder, 'log')
  )();
});

test('a folder that is not there cannot be locked', async () => {
  await expect(lockFolder(join(folder, 'nowhere'), 'log')).rejects.toMatchObject({
    code: 'ENOENT',
  });
});
