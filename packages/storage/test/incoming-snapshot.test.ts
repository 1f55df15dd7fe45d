import { crc32c } from '@quorate/transport/codec';
import { describe, expect, test } from 'vitest';

import { MemoryDisk } from '../src/adapters/memory.ts';
import type { Disk } from '../src/disk.ts';
import { SnapshotError } from '../src/errors.ts';
import type { IncomingSnapshot } from '../src/incoming-snapshot.ts';
import type { SnapshotIdentity } from '../src/snapshot-format.ts';
import { SnapshotStore } from '../src/snapshot-store.ts';

const directory = 'a/snapshots';
const header = { lastIncludedIndex: 7, lastIncludedTerm: 2, metadata: Uint8Array.of(1, 2) };

function dataOf(sizeBytes: number): Uint8Array {
  return Uint8Array.from({ length: sizeBytes }, (_, at) => (at * 31) & 0xff);
}

function identityOf(data: Uint8Array, lastIncludedIndex = 7): SnapshotIdentity {
  return {
    header: { ...header, lastIncludedIndex },
    sizeBytes: data.length,
    crc: crc32c(data, 0, data.length),
  };
}

async function open(disk: Disk): Promise<SnapshotStore> {
  return SnapshotStore.open({ disk, directory });
}

async function appendAll(incoming: IncomingSnapshot, data: Uint8Array, pieceBytes: number) {
  for (let at = incoming.receivedBytes; at < data.length; at += pieceBytes) {
    await incoming.append(data.subarray(at, at + pieceBytes));
  }
}

describe('a snapshot that comes in pieces', () => {
  test.each([
    [0, 1],
    [1, 1],
    [1_000, 7],
    [600_000, 100_000],
    [600_000, 600_000],
  ])('of %d bytes, in pieces of %d, is the newest once adopted', async (sizeBytes, pieceBytes) => {
    const disk = new MemoryDisk();
    const store = await open(disk);
    const data = dataOf(sizeBytes);
    const incoming = await store.receive(identityOf(data));
    await appendAll(incoming, data, pieceBytes);
    await incoming.finish();
    expect(await store.latest()).toBeUndefined();
    await store.adopt(incoming);
    const after = await open(disk.afterCrash());
    expect(await after.latest()).toEqual({ header, data, damaged: [] });
  });

  test('goes on where it left off after a release', async () => {
    const store = await open(new MemoryDisk());
    const data = dataOf(1_000);
    const first = await store.receive(identityOf(data));
    await first.append(data.subarray(0, 400));
    await store.release(first);
    const second = await store.receive(identityOf(data));
    expect(second.receivedBytes).toBe(400);
    await appendAll(second, data, 300);
    await second.finish();
    await store.adopt(second);
    expect((await store.latest())?.data).toEqual(data);
  });

  test('goes on after a crash with what was synced at least', async () => {
    const disk = new MemoryDisk();
    const store = await open(disk);
    const data = dataOf(9 * 1_024 * 1_024);
    const incoming = await store.receive(identityOf(data));
    await incoming.append(data.subarray(0, 5 * 1_024 * 1_024));
    await incoming.append(data.subarray(5 * 1_024 * 1_024, 6 * 1_024 * 1_024));
    const after = await open(disk.afterCrash());
    const again = await after.receive(identityOf(data));
    expect(again.receivedBytes).toBeGreaterThanOrEqual(5 * 1_024 * 1_024);
    await appendAll(again, data, 1_024 * 1_024);
    await again.finish();
    await after.adopt(again);
    expect(Buffer.compare((await after.latest())!.data, data)).toBe(0);
  });

  test('that was whole before a crash still is', async () => {
    const disk = new MemoryDisk();
    const data = dataOf(1_000);
    const incoming = await (await open(disk)).receive(identityOf(data));
    await incoming.append(data);
    await incoming.finish();
    const again = await (await open(disk.afterCrash())).receive(identityOf(data));
    expect([again.isWhole, again.receivedBytes]).toEqual([true, 1_000]);
  });

  // Break the chain of checksums in `#readChunk`: this keeps the damaged chunk and fails.
  test('keeps nothing from the first damaged byte on', async () => {
    const disk = new MemoryDisk();
    const store = await open(disk);
    const data = dataOf(1_000);
    const incoming = await store.receive(identityOf(data));
    await appendAll(incoming, data, 100);
    await store.release(incoming);
    const file = await disk.open(incoming.path);
    await file.write((await file.sizeBytes()) - 250, Uint8Array.of(255, 255));
    await file.close();
    const again = await store.receive(identityOf(data));
    expect(again.receivedBytes).toBe(700);
    await appendAll(again, data, 100);
    await again.finish();
    await store.adopt(again);
    expect((await store.latest())?.data).toEqual(data);
  });

  // Leave out the comparison in `finish`: this adopts what nobody sent.
  test('that is not what was announced is refused whole, and begins anew', async () => {
    const store = await open(new MemoryDisk());
    const data = dataOf(1_000);
    const incoming = await store.receive(identityOf(data));
    await incoming.append(data.toReversed());
    await expect(incoming.finish()).rejects.toThrow(SnapshotError);
    await expect(store.adopt(incoming)).rejects.toThrow('incoming: expected a whole one');
    await store.release(incoming);
    expect((await store.receive(identityOf(data))).receivedBytes).toBe(0);
  });

  test('takes no more than was announced', async () => {
    const store = await open(new MemoryDisk());
    const incoming = await store.receive(identityOf(dataOf(10)));
    await expect(incoming.append(dataOf(11))).rejects.toThrow(
      'piece: expected at most 10 bytes, got 11',
    );
  });

  test('an announced size costs nothing before the bytes are there', async () => {
    const disk = new MemoryDisk();
    const store = await open(disk);
    const sizeBytes = Number.MAX_SAFE_INTEGER;
    const incoming = await store.receive({ header, sizeBytes, crc: 1 });
    const file = await disk.open(incoming.path);
    expect(await file.sizeBytes()).toBeLessThan(100);
    await expect(store.receive({ header, sizeBytes: -1, crc: 1 })).rejects.toThrow('sizeBytes');
  });

  test('takes the place of another attempt that nobody holds', async () => {
    const disk = new MemoryDisk();
    const store = await open(disk);
    const held = await store.receive(identityOf(dataOf(10), 1));
    const left = await store.receive(identityOf(dataOf(10), 2));
    await store.release(left);
    await store.receive(identityOf(dataOf(10), 3));
    const names = (await disk.list(directory)).map((name) => name.slice(0, 2));
    expect(names).toEqual(['1-', '3-']);
    await store.discard(held);
    expect(await disk.list(directory)).toHaveLength(1);
  });

  test('has one holder at a time', async () => {
    const store = await open(new MemoryDisk());
    await store.receive(identityOf(dataOf(10)));
    await expect(store.receive(identityOf(dataOf(10)))).rejects.toThrow('expected none in use');
  });

  test('does not count as a snapshot before it is adopted', async () => {
    const disk = new MemoryDisk();
    const store = await open(disk);
    await store.save({ ...header, lastIncludedIndex: 3 }, dataOf(5));
    const incoming = await store.receive(identityOf(dataOf(10)));
    await incoming.append(dataOf(10));
    await incoming.finish();
    const after = await open(disk.afterCrash());
    expect((await after.latest())?.header.lastIncludedIndex).toBe(3);
  });
});

describe('SnapshotStream', () => {
  test.each([0, 1, 262_143, 262_144, 262_145, 600_000])('reads from %d on', async (offset) => {
    const store = await open(new MemoryDisk());
    const data = dataOf(600_000);
    await store.save(header, data);
    const stream = await store.openLatest();
    expect(stream?.crc).toBe(crc32c(data, 0, data.length));
    const pieces: Uint8Array[] = [];
    for await (const piece of stream!.chunks(offset)) pieces.push(piece);
    expect(Buffer.compare(Buffer.concat(pieces), data.subarray(offset))).toBe(0);
    await stream!.close();
  });

  test('is opened by what it stands for', async () => {
    const store = await open(new MemoryDisk());
    await store.save({ ...header, lastIncludedIndex: 3 }, dataOf(5));
    await store.save(header, dataOf(6));
    expect((await store.openAt(3, 2))?.sizeBytes).toBe(5);
    expect((await store.openAt(7, 2))?.sizeBytes).toBe(6);
    expect(await store.openAt(7, 3)).toBeUndefined();
  });
});
