import { describeDisk } from '@quorate/storage/contract';
import { MemoryDisk } from '@quorate/storage/memory';
import { systemClock } from '@quorate/transport/system';
import { expect, test } from 'vitest';

import { MeasuredDisk } from '../../src/observe/measured-disk.ts';

describeDisk('measured', () => {
  const disk = new MemoryDisk();
  return Promise.resolve({
    disk: new MeasuredDisk(disk, systemClock),
    afterCrash: () => Promise.resolve(new MeasuredDisk(disk.afterCrash(), systemClock)),
  });
});

test('counts bytes, syncs and failures', async () => {
  const disk = new MeasuredDisk(new MemoryDisk(), systemClock);
  const file = await disk.open('log', { mode: 'new' });
  await file.write(0, new Uint8Array(100));
  await file.sync();
  expect(disk.writtenBytes).toBe(100);
  expect(disk.syncSeconds.count).toBe(1);
  expect(disk.failureCount).toBe(0);
  await file.close();
  await expect(file.sync()).rejects.toThrow();
  expect(disk.syncSeconds.count).toBe(1);
  expect(disk.failureCount).toBe(1);
});
