import { describe, expect, test } from 'vitest';

import { MemoryDisk } from '../src/adapters/memory.ts';
import { DiskError } from '../src/errors.ts';
import { SegmentScan } from '../src/segment-scan.ts';
import { SegmentWriter, unknownOutcome } from '../src/segment-writer.ts';
import { type DiskOperation, ObservedDisk } from './support/observed-disk.ts';

const bytes = (count: number, value = 7): Uint8Array => new Uint8Array(count).fill(value);

/** How much space behind `from` is ready on the disk as a crash would leave it. */
async function readyOnDisk(disk: MemoryDisk, from: number): Promise<number> {
  const scan = await SegmentScan.open(await disk.afterCrash().open('a'), 1);
  return (await scan.tail(from)).readyEnd - from;
}

async function created(
  disk: MemoryDisk,
  observed = new ObservedDisk(disk),
): Promise<SegmentWriter> {
  const writer = await SegmentWriter.create(observed, 'a', 1, 4_096);
  await disk.syncDirectory('');
  return writer;
}

describe('space', () => {
  test('is ready on disk before anything is written into it', async () => {
    const disk = new MemoryDisk();
    const writer = await created(disk);
    expect([writer.end, writer.readyBytes]).toEqual([0, 4_096]);
    expect(await readyOnDisk(disk, 0)).toBe(4_096);
    await writer.commit(bytes(1_000));
    expect([writer.end, writer.readyBytes]).toEqual([1_000, 3_096]);
    expect(await readyOnDisk(disk, 1_000)).toBe(3_096);
  });

  test('is made ready in steps, up to a limit, and at least as much as needed', async () => {
    const writer = await created(new MemoryDisk());
    await writer.makeReady(4_096, 1_000_000);
    expect(writer.readyBytes).toBe(4_096);
    await writer.makeReady(4_097, 1_000_000);
    expect(writer.readyBytes).toBe(4_096 + 64 * 1_024);
    await writer.makeReady(100_000, 50);
    expect(writer.readyBytes).toBe(102_400);
  });

  test('is what there is room for, and nothing has changed if that is not enough', async () => {
    const disk = new MemoryDisk({ capacityBytes: 16_384 });
    const writer = await created(disk);
    await writer.makeReady(5_000, 1_000_000);
    expect(writer.readyBytes).toBe(8_192);
    await expect(writer.makeReady(20_000, 0)).rejects.toMatchObject({ code: 'DISK_FULL' });
    expect([writer.readyBytes, disk.freeBytes]).toEqual([8_192, 8_192]);
    await writer.commit(bytes(8_000));
    expect(writer.end).toBe(8_000);
  });

  test('that cannot be made ready leaves no file behind', async () => {
    const disk = new MemoryDisk({ capacityBytes: 4_095 });
    const creating = SegmentWriter.create(disk, 'a', 1, 8_192);
    await expect(creating).rejects.toMatchObject({ code: 'DISK_FULL' });
    expect(await disk.list('')).toEqual([]);
    disk.addCapacity(1);
    expect((await SegmentWriter.create(disk, 'a', 1, 8_192)).readyBytes).toBe(4_096);
  });
});

describe('a commit', () => {
  const failing = (
    when: (operation: DiskOperation) => boolean,
    code: 'DISK_FULL' | 'DISK_FAILED',
  ) =>
    ({
      before: (operation: DiskOperation) => {
        if (when(operation)) throw new DiskError(code, 'a', 'injected');
      },
    }) as const;

  test('survives a crash', async () => {
    const disk = new MemoryDisk();
    const writer = await created(disk);
    await writer.commit(bytes(10));
    const content = bytes(10, 0);
    await (await disk.afterCrash().open('a')).read(0, content);
    expect(content).toEqual(bytes(10));
  });

  test('for which there is no room leaves no trace, and the next one goes there', async () => {
    const disk = new MemoryDisk();
    const observed = new ObservedDisk(disk);
    const writer = await created(disk, observed);
    await writer.commit(bytes(800));
    let writes = 0;
    observed.before = ({ kind, path, offset }) => {
      if (kind !== 'write') return;
      writes += 1;
      if (writes > 1) return;
      // Half of it is written before the disk is full.
      return disk.open(path).then(async (file) => {
        await file.write(offset, bytes(600));
        throw new DiskError('DISK_FULL', path, 'injected');
      });
    };
    await expect(writer.commit(bytes(1_200))).rejects.toMatchObject({ code: 'DISK_FULL' });
    expect([writer.end, await readyOnDisk(disk, 800)]).toEqual([800, 3_296]);
    await writer.commit(bytes(1_200));
    expect(writer.end).toBe(2_000);
  });

  test.each<[string, DiskOperation['kind'], 'DISK_FULL' | 'DISK_FAILED']>([
    ['a write that fails', 'write', 'DISK_FAILED'],
    ['a sync that fails', 'sync', 'DISK_FAILED'],
    ['a sync for which there is no room', 'sync', 'DISK_FULL'],
  ])('has an unknown outcome after %s', async (_title, kind, code) => {
    const disk = new MemoryDisk();
    const observed = new ObservedDisk(disk);
    const writer = await created(disk, observed);
    Object.assign(
      observed,
      failing((operation) => operation.kind === kind, code),
    );
    await expect(writer.commit(bytes(10))).rejects.toThrow('may or may not be durable');
  });

  test('has an unknown outcome if its traces cannot be removed', async () => {
    const disk = new MemoryDisk();
    const observed = new ObservedDisk(disk);
    const writer = await created(disk, observed);
    Object.assign(
      observed,
      failing(({ kind }) => kind === 'write', 'DISK_FULL'),
    );
    await expect(writer.commit(bytes(10))).rejects.toThrow('may or may not be durable');
  });
});

test('a resumed or renamed segment goes on where it was', async () => {
  const disk = new MemoryDisk();
  const writer = await created(disk);
  await writer.commit(bytes(100));
  const moved = writer.movedTo(await disk.open('a'));
  expect([moved.sequence, moved.end, moved.readyBytes, moved.seed]).toEqual([
    1,
    100,
    3_996,
    writer.seed,
  ]);
  const resumed = SegmentWriter.resume(await disk.open('a'), 1, 100, 4_096);
  await resumed.commit(bytes(5));
  expect([resumed.end, resumed.readyBytes]).toEqual([105, 3_991]);
  await resumed.close();
  await expect(resumed.commit(bytes(1))).rejects.toThrow('may or may not be durable');
});

test('an unknown outcome keeps its cause', () => {
  const cause = new Error('cause');
  expect(() => unknownOutcome(cause)).toThrow(expect.objectContaining({ cause }));
});
