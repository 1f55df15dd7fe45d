import { DiskError } from '@quorate/storage';
import { MemoryDisk } from '@quorate/storage/memory';
import { systemClock } from '@quorate/transport/system';
import { beforeEach, expect, test, vi } from 'vitest';

import { BatchedDisk, SYNC_EVERY_MS } from '../../src/runtime/batched-disk.ts';

let inner: MemoryDisk;
let disk: BatchedDisk;
/** What waits for its time. */
let due: (() => void)[];

beforeEach(() => {
  due = [];
  inner = new MemoryDisk();
  disk = new BatchedDisk(inner, {
    ...systemClock,
    setTimer(delayMs: number, callback: () => void) {
      expect(delayMs).toBe(SYNC_EVERY_MS);
      due.push(callback);
      return { cancel: () => undefined };
    },
  });
});

/** How much of a file a machine has that lost its power now. */
async function afterPowerCut(path: string): Promise<number> {
  const kept = inner.afterCrash();
  const file = await kept.open(path, { mode: 'existing' }).catch(() => undefined);
  const sizeBytes = await file?.sizeBytes();
  await file?.close();
  return sizeBytes ?? 0;
}

test('a sync is said to be done at once, and is soon, once for all', async () => {
  const file = await disk.open('log', { mode: 'new' });
  await disk.syncDirectory('');
  await file.write(0, new Uint8Array(100));
  await file.sync();
  await file.write(100, new Uint8Array(100));
  await file.sync();
  expect(due).toHaveLength(1);
  expect(await afterPowerCut('log')).toBeLessThan(200);
  due[0]?.();
  await vi.waitFor(async () => expect(await afterPowerCut('log')).toBe(200));
  await file.sync();
  expect(due).toHaveLength(2);
});

test('what takes the place of a file is on the disk first, as is what is closed', async () => {
  const file = await disk.open('new', { mode: 'new' });
  await file.write(0, new Uint8Array(50));
  await file.sync();
  await disk.rename('new', 'old');
  await disk.syncDirectory('');
  expect(await afterPowerCut('old')).toBe(50);
  await file.write(50, new Uint8Array(50));
  await file.sync();
  await file.close();
  expect(await afterPowerCut('old')).toBe(100);
});

test('a sync that fails later takes the file with it', async () => {
  const open = inner.open.bind(inner);
  vi.spyOn(inner, 'open').mockImplementation(async (...args) => ({
    ...(await open(...args)),
    sync: () => Promise.reject(new DiskError('DISK_FAILED', 'log', 'no')),
  }));
  const file = await disk.open('log', { mode: 'new' });
  await file.sync();
  due[0]?.();
  const poisoned = { code: 'DISK_POISONED' };
  await vi.waitFor(() => expect(file.sync()).rejects.toMatchObject(poisoned));
  await expect(file.write(0, new Uint8Array(1))).rejects.toMatchObject(poisoned);
});
