import * as fs from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { NodeFile } from '../../src/adapters/node-file.ts';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'quorate-file-'));
});

afterEach(async () => {
  await rm(root, { recursive: true });
});

/** Devices that fail in known ways stand in for broken disks. */
const deviceFile = (path: string): NodeFile => new NodeFile(path, fs.openSync(path, 'r+'));
const isLinux = process.platform === 'linux';

describe('a file', () => {
  test('keeps working, and knows its inode, when its name changes', async () => {
    const path = join(root, 'a');
    const file = new NodeFile('a', fs.openSync(path, 'w+'));
    await file.sync();
    await Promise.all([file.write(0, Uint8Array.of(1)), file.sync()]);
    fs.renameSync(path, join(root, 'b'));
    await Promise.all([file.write(1, Uint8Array.of(2)), file.sync()]);
    await file.write(2, Uint8Array.of(3));
    await Promise.all([file.write(3, Uint8Array.of(4)), file.sync()]);
    await file.close();
    expect([...fs.readFileSync(join(root, 'b'))]).toEqual([1, 2, 3, 4]);
  });

  test('writes and reads more than one system call transfers at once', async () => {
    const file = new NodeFile('a', fs.openSync(join(root, 'a'), 'w+'));
    const content = new Uint8Array(5_000_000).map((_byte, index) => index % 251);
    await file.write(3, content);
    const target = new Uint8Array(5_000_000);
    expect(await file.read(3, target)).toBe(5_000_000);
    expect(Buffer.compare(target, content)).toBe(0);
    await file.close();
  });

  test.runIf(isLinux)('says when there is no room, and is not poisoned by that', async () => {
    const file = deviceFile('/dev/full');
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const writing = file.write(0, Uint8Array.of(1));
      await expect(writing).rejects.toMatchObject({ code: 'DISK_FULL' });
    }
    await file.close();
  });

  test.runIf(isLinux)('is poisoned by a sync that fails', async () => {
    // A character device cannot be synced.
    const file = deviceFile('/dev/null');
    await file.write(0, Uint8Array.of(1));
    await expect(file.sync()).rejects.toMatchObject({ code: 'DISK_FAILED' });
    const poisoned = { code: 'DISK_POISONED' };
    await expect(file.sync()).rejects.toMatchObject(poisoned);
    await expect(file.write(0, Uint8Array.of(1))).rejects.toMatchObject(poisoned);
    await expect(file.read(0, new Uint8Array(1))).rejects.toMatchObject(poisoned);
    await expect(file.sizeBytes()).rejects.toMatchObject(poisoned);
    await file.close();
    await expect(file.sync()).rejects.toMatchObject({ code: 'DISK_CLOSED' });
  });

  test.runIf(isLinux)('poisons what was called behind a sync that fails', async () => {
    const file = deviceFile('/dev/null');
    const calls = [file.write(0, Uint8Array.of(1)), file.sync(), file.write(1, Uint8Array.of(1))];
    const settled = await Promise.allSettled(calls);
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect(settled[2]).toMatchObject({ reason: { code: 'DISK_POISONED' } });
    await file.close();
  });
});
