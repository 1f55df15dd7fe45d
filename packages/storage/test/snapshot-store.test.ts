import { seededRandom } from '@quorate/transport/system';
import { describe, expect, test } from 'vitest';

import { MemoryDisk } from '../src/adapters/memory.ts';
import { DiskError } from '../src/errors.ts';
import { openSnapshot } from '../src/snapshot-reader.ts';
import { SnapshotStore } from '../src/snapshot-store.ts';
import { writeSnapshot } from '../src/snapshot-writer.ts';
import { contentOf, overwrite } from './support/damage.ts';
import { ObservedDisk } from './support/observed-disk.ts';

const header = { lastIncludedIndex: 7, lastIncludedTerm: 2, metadata: Uint8Array.of(1, 2) };
const at = (lastIncludedIndex: number) => ({ ...header, lastIncludedIndex });
const directory = 'a/snapshots';

async function* pieces(...sizes: number[]): AsyncIterable<Uint8Array> {
  // One buffer for all, as a caller may do that reuses its own.
  const buffer = new Uint8Array(Math.max(0, ...sizes));
  for (const [position, size] of sizes.entries()) yield buffer.subarray(0, size).fill(position + 1);
}

describe('SnapshotStore', () => {
  test('a saved snapshot is there after a crash', async () => {
    const disk = new MemoryDisk();
    const store = await SnapshotStore.open({ disk, directory });
    expect(await store.latest()).toBeUndefined();
    await store.save(header, Uint8Array.of(3, 4, 5));
    const after = await SnapshotStore.open({ disk: disk.afterCrash(), directory });
    expect(await after.latest()).toEqual({ header, data: Uint8Array.of(3, 4, 5), damaged: [] });
  });

  test.each([[[]], [[0, 0]], [[1]], [[262_144]], [[262_143, 1, 1]], [[1_000_000, 3, 0, 500_000]]])(
    'saves and streams pieces of any size: %j',
    async (sizes) => {
      const store = await SnapshotStore.open({ disk: new MemoryDisk(), directory });
      await store.save(header, pieces(...sizes));
      const expected = Uint8Array.from(
        sizes.flatMap((size, position) => Array.from({ length: size }, () => position + 1)),
      );
      const stored = await store.latest();
      expect(Buffer.compare(stored!.data, expected)).toBe(0);
      const stream = await store.openLatest();
      expect([stream!.header, stream!.sizeBytes]).toEqual([header, expected.length]);
      let offset = 0;
      for await (const chunk of stream!.chunks()) {
        expect(chunk.length).toBeLessThanOrEqual(262_144);
        expect(Buffer.compare(chunk, expected.subarray(offset, offset + chunk.length))).toBe(0);
        offset += chunk.length;
      }
      expect(offset).toBe(expected.length);
      await stream!.close();
    },
  );

  test('keeps the newest ones and numbers them upwards for ever', async () => {
    const disk = new MemoryDisk();
    const store = await SnapshotStore.open({ disk, directory, keepCount: 3 });
    for (const index of [1, 2, 3, 4, 5]) await store.save(at(index), Uint8Array.of(index));
    expect(await disk.list(directory)).toEqual(
      [3, 4, 5].map((number) => `000000000000000${number}.snapshot`),
    );
    const reopened = await SnapshotStore.open({ disk, directory, keepCount: 1 });
    await reopened.save(at(6), Uint8Array.of(6));
    expect(await disk.list(directory)).toEqual(['0000000000000006.snapshot']);
    expect((await reopened.latest())!.header).toEqual(at(6));
  });

  test('concurrent saves are done one after the other', async () => {
    const store = await SnapshotStore.open({ disk: new MemoryDisk(), directory });
    await Promise.all([1, 2, 3].map((index) => store.save(at(index), pieces(300_000, 9))));
    expect((await store.latest())!.header).toEqual(at(3));
  });

  test.each([0, 1.5, Number.NaN])('a keepCount of %d is refused', async (keepCount) => {
    const opening = SnapshotStore.open({ disk: new MemoryDisk(), directory, keepCount });
    await expect(opening).rejects.toThrow(/^keepCount: expected an integer of at least 1, got/);
  });
});

describe('a save that fails', () => {
  const failing = async (): Promise<{ disk: MemoryDisk; observed: ObservedDisk }> => {
    const disk = new MemoryDisk();
    return { disk, observed: new ObservedDisk(disk) };
  };

  test.each(['write', 'sync', 'rename'] as const)('at a %s leaves what was there', async (kind) => {
    const { disk, observed } = await failing();
    const store = await SnapshotStore.open({ disk: observed, directory });
    await store.save(at(1), Uint8Array.of(1));
    observed.before = (operation) => {
      if (operation.kind === kind) throw new DiskError('DISK_FULL', operation.path, 'injected');
    };
    await expect(store.save(at(2), Uint8Array.of(2))).rejects.toMatchObject({ code: 'DISK_FULL' });
    expect(await disk.list(directory)).toHaveLength(1);
    expect((await store.latest())!.header).toEqual(at(1));
    observed.before = () => undefined;
    await store.save(at(3), Uint8Array.of(3));
    expect((await store.latest())!.header).toEqual(at(3));
  });

  test('because its data fails leaves what was there', async () => {
    const disk = new MemoryDisk();
    const store = await SnapshotStore.open({ disk, directory });
    async function* broken(): AsyncIterable<Uint8Array> {
      yield Uint8Array.of(1);
      throw new Error('no more');
    }
    await expect(store.save(header, broken())).rejects.toThrow('no more');
    const text = (async function* () {
      yield 'text';
    })() as unknown as AsyncIterable<Uint8Array>;
    await expect(store.save(header, text)).rejects.toThrow('data: expected pieces of bytes');
    await expect(store.save(at(-1), Uint8Array.of())).rejects.toThrow(RangeError);
    expect(await disk.list(directory)).toEqual([]);
    expect(await store.latest()).toBeUndefined();
  });
});

describe('a crash', () => {
  // Goal: the store answers with the old or the new snapshot, whole, and with the new one once
  // `save` has resolved.
  // Method: crash before each disk operation of a save, keeping all, none or some of the unsynced.
  test('at any operation of a save leaves the old snapshot or the new one', async () => {
    for (const survival of [
      {},
      { name: () => true },
      {
        name: () => true,
        size: () => true,
        sector: (_path: string, index: number) => (index % 2) * 512,
      },
      { name: () => true, size: () => true, sector: () => 512 },
    ]) {
      const disk = new MemoryDisk();
      const observed = new ObservedDisk(disk);
      const store = await SnapshotStore.open({ disk: observed, directory, keepCount: 1 });
      await store.save(at(1), pieces(1_000, 2_000));
      const crashes: MemoryDisk[] = [];
      observed.before = () => void crashes.push(disk.afterCrash(survival));
      await store.save(at(2), pieces(3_000));
      expect(crashes.length).toBeGreaterThan(6);
      for (const after of [...crashes, disk.afterCrash(survival)]) {
        const found = await (await SnapshotStore.open({ disk: after, directory })).latest();
        expect([1, 2]).toContain(found!.header.lastIncludedIndex);
        expect(found!.damaged).toEqual([]);
        expect((await after.list(directory)).filter((name) => name.endsWith('.partial'))).toEqual(
          [],
        );
      }
      const last = await SnapshotStore.open({ disk: disk.afterCrash(), directory });
      expect((await last.latest())!.header).toEqual(at(2));
    }
  });
});

describe('damage', () => {
  test('at any byte of the newest is found, and the one before answers', async () => {
    const disk = new MemoryDisk();
    const store = await SnapshotStore.open({ disk, directory });
    await store.save(at(1), Uint8Array.of(1, 1));
    await store.save(at(2), seededRandom('snapshot').bytes(150));
    const path = `${directory}/0000000000000002.snapshot`;
    const content = await contentOf(disk, path);
    for (const [offset, byte] of content.entries()) {
      await overwrite(disk, path, offset, Uint8Array.of(byte ^ (1 << (offset % 8))));
      const found = await store.latest();
      expect(found!.header).toEqual(at(1));
      expect(found!.damaged).toMatchObject([{ path }]);
      await overwrite(disk, path, offset, Uint8Array.of(byte));
    }
    expect((await store.latest())!.header).toEqual(at(2));
  });

  test('by cutting or extending the file is found', async () => {
    const disk = new MemoryDisk();
    const store = await SnapshotStore.open({ disk, directory });
    await store.save(at(1), pieces(300_000));
    const path = `${directory}/0000000000000001.snapshot`;
    const content = await contentOf(disk, path);
    for (const size of [0, 5, 40, 262_200, content.length - 8, content.length + 1]) {
      const cut = disk.afterCrash();
      const file = await cut.open(path);
      await file.truncate(size);
      const opened = await SnapshotStore.open({ disk: cut, directory });
      await expect(opened.latest()).rejects.toMatchObject({ code: 'SNAPSHOT_DAMAGED' });
    }
  });

  test('of all of them is not taken for having none', async () => {
    const disk = new MemoryDisk();
    const store = await SnapshotStore.open({ disk, directory });
    await store.save(at(1), Uint8Array.of(1));
    await store.save(at(2), Uint8Array.of(2));
    for (const number of [1, 2]) {
      const path = `${directory}/000000000000000${number}.snapshot`;
      await overwrite(disk, path, 20, Uint8Array.of(0xee));
    }
    const paths = [2, 1].map((number) => ({
      path: `${directory}/000000000000000${number}.snapshot`,
    }));
    await expect(store.latest()).rejects.toMatchObject({ name: 'SnapshotError', damaged: paths });
  });

  test('while a snapshot is streamed ends the stream with an error', async () => {
    const disk = new MemoryDisk();
    const store = await SnapshotStore.open({ disk, directory });
    await store.save(at(1), pieces(600_000));
    const stream = await store.openLatest();
    await overwrite(disk, `${directory}/0000000000000001.snapshot`, 500_000, Uint8Array.of(9));
    const read = async (): Promise<void> => {
      for await (const chunk of stream!.chunks())
        expect(chunk.every((byte) => byte === 1)).toBe(true);
    };
    await expect(read()).rejects.toMatchObject({ code: 'SNAPSHOT_DAMAGED' });
  });
});

describe('reading and writing one file', () => {
  test('a writer replaces what is there; a reader says where it is damaged', async () => {
    const disk = new MemoryDisk();
    await writeSnapshot(disk, 'a', header, Uint8Array.of(1));
    await writeSnapshot(disk, 'a', header, pieces(10));
    const reader = await openSnapshot(disk, 'a');
    expect([reader.path, reader.sizeBytes]).toEqual(['a', 10]);
    await reader.close();
    await overwrite(disk, 'a', 50, Uint8Array.of(0xff));
    await expect(openSnapshot(disk, 'a')).rejects.toThrow(/chunk at offset \d+: bad checksum/);
    await expect(openSnapshot(disk, 'b')).rejects.toMatchObject({ code: 'DISK_NOT_FOUND' });
  });
});
