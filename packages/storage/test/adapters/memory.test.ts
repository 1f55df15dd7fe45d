import { describe, expect, test } from 'vitest';

import { MemoryDisk } from '../../src/adapters/memory.ts';
import type { Disk } from '../../src/disk.ts';

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

async function contentOf(disk: Disk, path: string): Promise<Uint8Array> {
  const file = await disk.open(path);
  const content = new Uint8Array(await file.sizeBytes());
  await file.read(0, content);
  await file.close();
  return content;
}

/** A disk whose file `a` durably holds 1024 bytes of 1, overwritten with 2 and not synced. */
async function overwritten(): Promise<MemoryDisk> {
  const disk = new MemoryDisk();
  const file = await disk.open('a', { mode: 'create' });
  await file.write(0, new Uint8Array(1_024).fill(1));
  await file.sync();
  await disk.syncDirectory('');
  await file.write(0, new Uint8Array(1_024).fill(2));
  return disk;
}

describe('MemoryDisk.afterCrash', () => {
  test('loses what was not synced and leaves the disk itself alone', async () => {
    const disk = await overwritten();
    const after = disk.afterCrash();
    expect(await contentOf(after, 'a')).toEqual(new Uint8Array(1_024).fill(1));
    expect(await contentOf(disk, 'a')).toEqual(new Uint8Array(1_024).fill(2));
  });

  test('keeps, loses or tears each unsynced sector as asked', async () => {
    const disk = await overwritten();
    expect(disk.unsyncedSectors('a')).toEqual([0, 1]);
    const after = disk.afterCrash({ sector: (_path, index) => (index === 0 ? 3 : 512) });
    const expected = new Uint8Array(1_024).fill(2);
    expected.fill(1, 3, 512);
    expect(await contentOf(after, 'a')).toEqual(expected);
  });

  test('a file grown without sync keeps its old or its new size', async () => {
    const disk = new MemoryDisk();
    const file = await disk.open('a', { mode: 'create' });
    await disk.syncDirectory('');
    await file.write(0, bytes(1, 2, 3));
    expect(await contentOf(disk.afterCrash(), 'a')).toEqual(bytes());
    expect(await contentOf(disk.afterCrash({ size: () => true }), 'a')).toEqual(bytes(0, 0, 0));
    const everything = { size: () => true, sector: () => 512 };
    expect(await contentOf(disk.afterCrash(everything), 'a')).toEqual(bytes(1, 2, 3));
  });

  test('a file cut without sync may come back whole', async () => {
    const disk = await overwritten();
    const file = await disk.open('a');
    await file.sync();
    await file.truncate(10);
    expect(await contentOf(disk.afterCrash(), 'a')).toEqual(new Uint8Array(1_024).fill(2));
    const cut = await contentOf(disk.afterCrash({ size: () => true }), 'a');
    expect(cut).toEqual(new Uint8Array(10).fill(2));
  });

  test('a name needs its folder synced, and a rename is old or new', async () => {
    const disk = await overwritten();
    const file = await disk.open('b', { mode: 'new' });
    await file.write(0, bytes(7));
    await file.sync();
    await disk.rename('b', 'a');
    expect(await disk.afterCrash().list('')).toEqual(['a']);
    expect(await contentOf(disk.afterCrash(), 'a')).toHaveLength(1_024);
    const renamed = disk.afterCrash({ name: () => true });
    expect(await renamed.list('')).toEqual(['a']);
    expect(await contentOf(renamed, 'a')).toEqual(bytes(7));
    await disk.syncDirectory('');
    expect(await contentOf(disk.afterCrash(), 'a')).toEqual(bytes(7));
  });

  test('files in a folder whose name was not synced are gone', async () => {
    const disk = new MemoryDisk();
    await disk.createDirectory('x/y');
    await disk.open('x/y/a', { mode: 'new' });
    await disk.syncDirectory('x/y');
    await disk.syncDirectory('x');
    expect(await disk.afterCrash().list('')).toEqual([]);
    await disk.syncDirectory('');
    expect(await disk.afterCrash().list('x/y')).toEqual(['a']);
  });
});

describe('MemoryDisk with a capacity', () => {
  test('writes what fits, then answers DISK_FULL, and takes more once there is room', async () => {
    const disk = new MemoryDisk({ capacityBytes: 8_192 });
    const file = await disk.open('a', { mode: 'create' });
    const error = { code: 'DISK_FULL', path: 'a' };
    await expect(file.write(0, new Uint8Array(10_000).fill(1))).rejects.toMatchObject(error);
    expect(await file.sizeBytes()).toBe(8_192);
    disk.addCapacity(4_096);
    await file.write(8_192, bytes(1));
    expect(disk.freeBytes).toBe(0);
  });

  test('a hole takes no room, a removed file gives its room back', async () => {
    const disk = new MemoryDisk({ capacityBytes: 4_096 });
    const file = await disk.open('a', { mode: 'create' });
    await file.truncate(2 ** 40);
    await file.write(2 ** 39, bytes(1));
    expect(disk.freeBytes).toBe(0);
    await file.close();
    await disk.remove('a');
    await disk.syncDirectory('');
    expect(disk.freeBytes).toBe(4_096);
  });

  test.each([-1, Number.NaN])('refuses a capacity of %d', (capacityBytes) => {
    expect(() => new MemoryDisk({ capacityBytes })).toThrow(/capacityBytes: expected at least 0/);
  });
});
