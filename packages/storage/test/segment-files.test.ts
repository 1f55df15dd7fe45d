import { describe, expect, test } from 'vitest';

import { MemoryDisk } from '../src/adapters/memory.ts';
import type { Disk } from '../src/disk.ts';
import { SegmentFiles } from '../src/segment-files.ts';
import { ObservedDisk } from './support/observed-disk.ts';

async function filesOn(disk: Disk): Promise<SegmentFiles> {
  await disk.createDirectory('log');
  return new SegmentFiles(disk, 'log');
}

describe('segment files', () => {
  test('are listed in the order of their numbers; strangers are left alone', async () => {
    const disk = new MemoryDisk();
    const files = await filesOn(disk);
    const names = [
      '0000000000000010.wal',
      '0000000000000009.wal',
      '0000000000000011.wal.preparing',
      '11.wal',
      'notes.txt',
      '.lock',
    ];
    for (const name of names) await disk.open(`log/${name}`, { mode: 'new' });
    expect(await files.list()).toEqual([9, 10]);
    const left = names.filter((name) => !name.endsWith('.preparing')).sort();
    expect(await disk.list('log')).toEqual(left);
    expect(files.pathOf(2 ** 53 - 1)).toBe('log/9007199254740991.wal');
  });

  test('get their name when they have content, durably', async () => {
    const disk = new MemoryDisk();
    const files = await filesOn(disk);
    await disk.syncDirectory('');
    const writer = await files.takePrepared(1, 4_096);
    await writer.commit(Uint8Array.of(1));
    expect(await files.list()).toEqual([]);
    const other = await filesOn(disk);
    const prepared = await other.takePrepared(1, 4_096);
    await prepared.commit(Uint8Array.of(1));
    const adopted = await other.adopt(prepared);
    await adopted.commit(Uint8Array.of(2));
    expect(await disk.afterCrash().list('log')).toEqual(['0000000000000001.wal']);
  });

  test('prepared in advance are used; a failed preparation is tried again', async () => {
    const disk = new MemoryDisk({ capacityBytes: 4_000 });
    const files = await filesOn(disk);
    files.prepare(1, 8_192);
    files.prepare(1, 8_192);
    await expect(files.takePrepared(1, 8_192)).rejects.toMatchObject({ code: 'DISK_FULL' });
    disk.addCapacity(8_192);
    files.prepare(1, 8_192);
    const writer = await files.takePrepared(1, 4_096);
    expect(writer.readyBytes).toBe(8_192);
    await files.discard(writer);
    expect(await disk.list('log')).toEqual([]);
  });

  test('closing removes what was prepared in vain', async () => {
    const disk = new MemoryDisk();
    const files = await filesOn(disk);
    files.prepare(4, 4_096);
    await files.close();
    expect(await disk.list('log')).toEqual([]);
  });

  test('are removed with the folder synced, also while they are read', async () => {
    const disk = new MemoryDisk();
    const files = await filesOn(disk);
    await disk.syncDirectory('');
    const file = await disk.open(files.pathOf(1), { mode: 'new' });
    await file.write(0, Uint8Array.of(1));
    await disk.syncDirectory('log');
    await files.use(1, async (reading) => {
      await files.remove([1]);
      const target = new Uint8Array(1);
      await reading.read(0, target);
      expect(target).toEqual(Uint8Array.of(1));
    });
    expect(await disk.afterCrash().list('log')).toEqual([]);
    await expect(files.use(1, async () => 0)).rejects.toMatchObject({ code: 'DISK_NOT_FOUND' });
  });

  test('are opened for reading once, and only some stay open', async () => {
    const disk = new MemoryDisk();
    const observed = new ObservedDisk(disk);
    const files = await filesOn(observed);
    for (let sequence = 1; sequence <= 12; sequence += 1) {
      await disk.open(files.pathOf(sequence), { mode: 'new' });
    }
    let openCount = 0;
    observed.before = ({ kind }) => {
      if (kind === 'open') openCount += 1;
    };
    const sizeOf = (sequence: number): Promise<number> =>
      files.use(sequence, (file) => file.sizeBytes());
    for (let round = 0; round < 3; round += 1) await sizeOf(1);
    expect(openCount).toBe(1);
    for (let sequence = 1; sequence <= 12; sequence += 1) await sizeOf(sequence);
    expect(openCount).toBe(12);
    await sizeOf(12);
    expect(openCount).toBe(12);
    await sizeOf(1);
    expect(openCount).toBe(13);
    await files.close();
  });
});
