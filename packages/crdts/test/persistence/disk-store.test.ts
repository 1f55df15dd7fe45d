import { SharedLog } from '@quorate/storage';
import { MemoryDisk } from '@quorate/storage/memory';
import { describe, expect, test } from 'vitest';

import { DiskStore, type DiskStoreOptions } from '../../src/persistence/disk-store.ts';
import { DurableReplica } from '../../src/persistence/durable-replica.ts';
import { TextLog } from '../support/text-log.ts';

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

function open(disk: MemoryDisk, options: Partial<DiskStoreOptions> = {}): Promise<DiskStore> {
  return DiskStore.open({ disk, directory: 'replica', segmentBytes: 4_096, ...options });
}

async function contentOf(store: DiskStore): Promise<[Uint8Array | undefined, number[][]]> {
  const { snapshots, updates } = await store.load();
  const all: number[][] = [];
  for await (const some of updates) all.push(...some.map((update) => [...update]));
  return [snapshots[0], all];
}

/** Flips a bit of what is written in a file, if it is there. */
async function damage(disk: MemoryDisk, path: string, written: Uint8Array): Promise<void> {
  const file = await disk.open(path);
  const content = new Uint8Array(await file.sizeBytes());
  await file.read(0, content);
  const at = content.findIndex((_, from) =>
    written.every((byte, offset) => content[from + offset] === byte),
  );
  if (at >= 0) await file.write(at, bytes(77));
  await file.sync();
  await file.close();
}

describe('a store on a disk', () => {
  test('has what was appended, in order, also after a crash', async () => {
    const disk = new MemoryDisk();
    const store = await open(disk);
    expect(await contentOf(store)).toEqual([undefined, []]);
    await Promise.all([store.append([bytes(1), bytes(2)]), store.append([bytes(3)])]);
    expect(store.position).toBe(3);
    expect(await contentOf(await open(disk.afterCrash()))).toEqual([undefined, [[1], [2], [3]]]);
    await store.close();
  });

  test('forgets updates that two snapshots have', async () => {
    const disk = new MemoryDisk();
    const store = await open(disk);
    await store.load();
    for (let value = 1; value <= 4; value += 1) await store.append([bytes(value)]);
    await store.saveSnapshot(bytes(100), 2);
    await store.append([bytes(5)]);
    expect(await contentOf(await open(disk.afterCrash()))).toEqual([bytes(100), [[3], [4], [5]]]);
    await store.saveSnapshot(bytes(101), 5);
    await store.saveSnapshot(bytes(99), 4);
    await store.append([bytes(6)]);
    const again = await open(disk.afterCrash());
    expect(await contentOf(again)).toEqual([bytes(101), [[6]]]);
  });

  test('falls back on the older snapshot if the newer one cannot be read', async () => {
    const disk = new MemoryDisk();
    const store = await open(disk);
    await store.load();
    for (let value = 1; value <= 3; value += 1) await store.append([bytes(value)]);
    await store.saveSnapshot(bytes(100), 2);
    await store.saveSnapshot(bytes(101), 3);
    await store.close();
    const names = await disk.list('replica/snapshots');
    const file = await disk.open(`replica/snapshots/${names.at(-1)}`);
    await file.write(40, bytes(9, 9, 9, 9));
    await file.sync();
    expect(await contentOf(await open(disk))).toEqual([bytes(100), [[3]]]);
  });

  test('numbers nothing twice if the log lost what the snapshot has', async () => {
    const disk = new MemoryDisk();
    const store = await open(disk);
    await store.load();
    for (let value = 1; value <= 3; value += 1) await store.append([bytes(value)]);
    await store.saveSnapshot(bytes(100), 3);
    await store.close();
    for (const name of await disk.list('replica/log')) await disk.remove(`replica/log/${name}`);
    const again = await open(disk);
    expect(await contentOf(again)).toEqual([bytes(100), []]);
    await again.append([bytes(4)]);
    expect(again.position).toBe(4);
    expect(await contentOf(await open(disk.afterCrash()))).toEqual([bytes(100), [[4]]]);
  });

  test('refuses updates that cannot be read any more, or skips them if told to', async () => {
    const disk = new MemoryDisk();
    const store = await open(disk);
    for (let value = 1; value <= 5; value += 1)
      await store.append([new Uint8Array(20).fill(value)]);
    await store.close();
    for (const name of await disk.list('replica/log')) {
      await damage(disk, `replica/log/${name}`, new Uint8Array(20).fill(3));
    }
    const refusing = await open(disk);
    expect(refusing.damagedCount).toBe(1);
    await expect(contentOf(refusing)).rejects.toThrow(/damaged|read/);
    await refusing.close();
    const [, updates] = await contentOf(await open(disk, { damaged: 'skip' }));
    expect(updates.map(([value]) => value)).toEqual([1, 2, 4, 5]);
  });

  test('tells a full disk from a broken one', async () => {
    const disk = new MemoryDisk({ capacityBytes: 40_000 });
    const store = await open(disk);
    await store.load();
    await expect(store.append([new Uint8Array(60_000)])).rejects.toThrow(
      expect.objectContaining({ code: 'CRDTS_STORE_FULL' }),
    );
    await store.append([bytes(1)]);
    await expect(store.saveSnapshot(new Uint8Array(60_000), 1)).rejects.toThrow(
      expect.objectContaining({ code: 'CRDTS_STORE_FULL' }),
    );
    expect(await contentOf(await open(disk.afterCrash()))).toEqual([undefined, [[1]]]);
  });

  test('refuses what is out of range, and lets go of the folder then', async () => {
    const disk = new MemoryDisk();
    await expect(open(disk, { segmentBytes: 5 })).rejects.toThrow(RangeError);
    await (await open(disk)).close();
  });
});

test('a replica over a disk comes back, with snapshots or without', async () => {
  let disk = new MemoryDisk();
  const texts: string[] = [];
  for (let life = 1; life <= 5; life += 1) {
    const store = await open(disk);
    const durable = await DurableReplica.open({
      store,
      create: (snapshot) => new TextLog(`life${life}`, snapshot),
      save: (log) => log.save(),
      snapshotAfterBytes: 500,
    });
    expect(durable.replica.texts).toEqual(texts.toSorted());
    for (let index = 0; index < 30; index += 1) texts.push(durable.replica.add(`text ${index}`));
    await durable.flushed();
    disk = disk.afterCrash();
  }
});

describe('stores that share a log', () => {
  const openAt = (disk: MemoryDisk, log: SharedLog, name: string): Promise<DiskStore> =>
    open(disk, { directory: `replicas/${name}`, log: log.openGroup(name) });

  test('are durable with one sync for all who append meanwhile', async () => {
    const disk = new MemoryDisk();
    const log = await SharedLog.open({ disk, directory: 'log' });
    const names = Array.from({ length: 50 }, (_, number) => `replica-${number}`);
    const stores = await Promise.all(names.map((name) => openAt(disk, log, name)));
    for (const store of stores) expect(await contentOf(store)).toEqual([undefined, []]);
    await Promise.all(stores.map((store, number) => store.append([bytes(number)])));
    expect(log.batchCount).toBe(1);

    const crashed = disk.afterCrash();
    const again = await SharedLog.open({ disk: crashed, directory: 'log' });
    for (const [number, name] of names.entries()) {
      const store = await openAt(crashed, again, name);
      expect(await contentOf(store)).toEqual([undefined, [[number]]]);
    }
  });

  test('make no folder before there is a snapshot, and keep that apart', async () => {
    const disk = new MemoryDisk();
    const log = await SharedLog.open({ disk, directory: 'log' });
    const [red, blue] = [await openAt(disk, log, 'red'), await openAt(disk, log, 'blue')];
    await Promise.all([contentOf(red), contentOf(blue)]);
    await Promise.all([red.append([bytes(1)]), blue.append([bytes(2)])]);
    expect(await disk.list('')).toEqual(['log']);
    await red.saveSnapshot(bytes(100), 1);
    await red.append([bytes(3)]);
    expect(await disk.list('replicas')).toEqual(['red']);

    await red.close();
    await blue.append([bytes(4)]);
    const crashed = disk.afterCrash();
    const again = await SharedLog.open({ disk: crashed, directory: 'log' });
    expect(await contentOf(await openAt(crashed, again, 'red'))).toEqual([bytes(100), [[3]]]);
    expect(await contentOf(await openAt(crashed, again, 'blue'))).toEqual([undefined, [[2], [4]]]);
  });
});
