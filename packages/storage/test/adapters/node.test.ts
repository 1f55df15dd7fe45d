import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { nodeDisk } from '../../src/adapters/node.ts';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'quorate-disk-'));
});

afterEach(async () => {
  await rm(root, { recursive: true });
});

describe('nodeDisk', () => {
  test('is a folder of the file system, made with its first folder', async () => {
    const disk = nodeDisk(join(root, 'deep/er'));
    await expect(disk.list('')).rejects.toMatchObject({ code: 'DISK_NOT_FOUND' });
    await disk.createDirectory('');
    await disk.createDirectory('log');
    const file = await disk.open('log/a', { mode: 'new' });
    await file.write(0, Uint8Array.of(104, 105));
    await file.close();
    expect(await readFile(join(root, 'deep/er/log/a'), 'utf8')).toBe('hi');
    expect(await readdir(root)).toEqual(['deep']);
  });

  test('never follows a symbolic link in place of a file', async () => {
    await writeFile(join(root, 'secret'), 'x');
    await mkdir(join(root, 'disk'));
    await symlink(join(root, 'secret'), join(root, 'disk/link'));
    const disk = nodeDisk(join(root, 'disk'));
    for (const mode of ['existing', 'create'] as const) {
      await expect(disk.open('link', { mode })).rejects.toMatchObject({ code: 'DISK_FAILED' });
    }
    await expect(disk.open('link', { mode: 'new' })).rejects.toMatchObject({ code: 'DISK_EXISTS' });
    expect(await readFile(join(root, 'secret'), 'utf8')).toBe('x');
  });

  test('names what failed, and keeps the cause', async () => {
    const disk = nodeDisk(root);
    await writeFile(join(root, 'file'), 'x');
    const error: unknown = await disk.open('file/a').catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'DiskError', code: 'DISK_NOT_FOUND', path: 'file/a' });
    expect(error).toMatchObject({ cause: { code: 'ENOTDIR' } });
  });
});
