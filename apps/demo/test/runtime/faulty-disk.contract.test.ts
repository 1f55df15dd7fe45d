import { describeDisk } from '@quorate/storage/contract';
import { MemoryDisk } from '@quorate/storage/memory';
import { systemClock } from '@quorate/transport/system';
import { expect, test } from 'vitest';

import { FaultyDisk } from '../../src/runtime/faulty-disk.ts';

describeDisk('faulty, with nothing wrong', () => {
  const disk = new MemoryDisk();
  return Promise.resolve({
    disk: new FaultyDisk(disk, systemClock),
    afterCrash: () => Promise.resolve(new FaultyDisk(disk.afterCrash(), systemClock)),
  });
});

test('on a full disk files can be overwritten and cut, and nothing can grow', async () => {
  const disk = new FaultyDisk(new MemoryDisk(), systemClock);
  const file = await disk.open('log', { mode: 'new' });
  await file.write(0, new Uint8Array(100));
  disk.set({ isDiskFull: true, syncDelayMs: 0 });
  await file.write(50, Uint8Array.of(7));
  await expect(file.write(99, new Uint8Array(2))).rejects.toMatchObject({ code: 'DISK_FULL' });
  await expect(file.truncate(101)).rejects.toMatchObject({ code: 'DISK_FULL' });
  expect(await file.sizeBytes()).toBe(100);
  await file.truncate(60);
  await expect(file.write(60, Uint8Array.of(1))).rejects.toMatchObject({ code: 'DISK_FULL' });
  await file.sync();
  disk.set({ isDiskFull: false, syncDelayMs: 0 });
  await file.write(60, Uint8Array.of(1));
  expect(await file.sizeBytes()).toBe(61);
  await file.close();
});

test('a slow sync says late that it is done', async () => {
  const delays: number[] = [];
  let fire = (): void => undefined;
  const clock = {
    ...systemClock,
    setTimer(delayMs: number, callback: () => void) {
      delays.push(delayMs);
      fire = callback;
      return { cancel: () => undefined };
    },
  };
  const disk = new FaultyDisk(new MemoryDisk(), clock);
  disk.set({ isDiskFull: false, syncDelayMs: 250 });
  const file = await disk.open('log', { mode: 'new' });
  let isDone = false;
  const synced = file.sync().then(() => {
    isDone = true;
  });
  await file.write(0, Uint8Array.of(1));
  expect(delays).toEqual([250]);
  expect(isDone).toBe(false);
  fire();
  await synced;
  disk.set({ isDiskFull: false, syncDelayMs: 0 });
  await file.sync();
  expect(delays).toEqual([250]);
});
