import { describe, expect, test } from 'vitest';

import { MemoryDisk } from '../src/adapters/memory.ts';
import { DiskError } from '../src/errors.ts';
import { EMPTY_STATE } from '../src/log-state.ts';
import { LogWriter } from '../src/log-writer.ts';
import { SegmentFiles } from '../src/segment-files.ts';
import { appending, entryOf } from './support/files.ts';
import { ObservedDisk } from './support/observed-disk.ts';

interface Parts {
  readonly disk: MemoryDisk;
  readonly observed: ObservedDisk;
  readonly writer: LogWriter;
}

async function parts(segmentBytes = 8_192, capacityBytes = 1e9): Promise<Parts> {
  const disk = new MemoryDisk({ capacityBytes });
  const observed = new ObservedDisk(disk);
  await disk.createDirectory('log');
  const files = new SegmentFiles(observed, 'log');
  const recovered = { state: EMPTY_STATE, active: undefined, lastSequence: 0 };
  return { disk, observed, writer: new LogWriter(files, segmentBytes, recovered) };
}

const namesOf = async (disk: MemoryDisk): Promise<readonly string[]> =>
  (await disk.list('log')).map((name) => name.replace(/^0+/, ''));

describe('writing', () => {
  test('begins a segment with the first batch, and a new one when it is full', async () => {
    const { disk, writer } = await parts();
    expect(await namesOf(disk)).toEqual([]);
    const first = await writer.write(appending(writer.state, [entryOf(1, 1, 3_000)]));
    const second = await writer.write(appending(writer.state, [entryOf(2, 1, 3_000)]));
    const third = await writer.write(appending(writer.state, [entryOf(3, 1, 3_000)]));
    expect([first, second, third].map(({ newSegment }) => newSegment)).toEqual([1, undefined, 2]);
    expect(writer.state).toMatchObject({ lastIndex: 3, truncationCount: 0 });
    expect(await namesOf(disk)).toEqual(['1.wal', '2.wal']);
    await writer.close();
  });

  test('prepares the next segment before it is needed', async () => {
    const { disk, writer } = await parts();
    await writer.write(appending(writer.state, [entryOf(1, 1, 3_000)]));
    await writer.write(appending(writer.state, [entryOf(2, 1, 2_000)]));
    await writer.write(appending(writer.state, [], Uint8Array.of(1)));
    expect(await namesOf(disk)).toEqual(['1.wal', '2.wal.preparing']);
  });

  test('gives a batch larger than a segment one of its own', async () => {
    const { disk, writer } = await parts();
    await writer.write(appending(writer.state, [entryOf(1, 1, 50_000)]));
    const { newSegment } = await writer.write(appending(writer.state, [entryOf(2, 1, 8)]));
    expect(newSegment).toBe(2);
    expect(await namesOf(disk)).toContain('1.wal');
  });

  test('repeats the metadata at the head of a segment, as no new version', async () => {
    const { writer } = await parts();
    const metadata = Uint8Array.of(1, 2);
    await writer.write(appending(writer.state, [entryOf(1, 1, 7_000)], metadata));
    const { plan } = await writer.write(appending(writer.state, [entryOf(2, 1, 7_000)]));
    expect(plan.metadata).toBe(metadata);
    expect(writer.state).toMatchObject({ metadataVersion: 1, knownMetadataVersion: 1 });
  });
});

describe('a full disk', () => {
  test('refuses entries and still takes what makes room', async () => {
    const { disk, writer } = await parts(1_000_000, 60_000);
    let lastIndex = 0;
    const fill = async (): Promise<void> => {
      for (;;) {
        await writer.write(appending(writer.state, [entryOf(lastIndex + 1, 1, 5_000)]));
        lastIndex += 1;
      }
    };
    await expect(fill()).rejects.toMatchObject({ code: 'DISK_FULL' });
    expect(writer.state.lastIndex).toBe(lastIndex);
    const compaction = appending(writer.state, []);
    compaction.add({ kind: 'compact', logIndex: lastIndex, term: 1 });
    await writer.write(compaction);
    const vote = appending(writer.state, [], new Uint8Array(2_000));
    await writer.write(vote);
    expect(writer.state).toMatchObject({ compactedIndex: lastIndex, metadataVersion: 1 });
    disk.addCapacity(100_000);
    await writer.write(appending(writer.state, [entryOf(lastIndex + 1, 1, 5_000)]));
    expect(writer.state.lastIndex).toBe(lastIndex + 1);
  });

  test('found out while a segment begins leaves no segment behind', async () => {
    const { disk, writer } = await parts(8_192, 10_000);
    const batch = appending(writer.state, [entryOf(1, 1, 9_000)]);
    await expect(writer.write(batch)).rejects.toMatchObject({ code: 'DISK_FULL' });
    expect(await namesOf(disk)).toEqual([]);
    disk.addCapacity(100_000);
    expect(await writer.write(batch)).toMatchObject({ newSegment: 1 });
  });
});

describe('any other failure', () => {
  test.each(['write', 'sync', 'rename', 'syncDirectory'] as const)(
    'of %s poisons',
    async (failing) => {
      const { observed, writer } = await parts();
      await writer.write(appending(writer.state, [entryOf(1, 1, 7_000)]));
      observed.before = ({ kind, path }) => {
        if (kind === failing) throw new DiskError('DISK_FAILED', path, 'injected');
      };
      const batch = appending(writer.state, [entryOf(2, 1, 7_000)]);
      await expect(writer.write(batch)).rejects.toMatchObject({
        code: 'LOG_POISONED',
        cause: expect.any(Error) as Error,
      });
      expect(writer.state.lastIndex).toBe(1);
    },
  );

  // Why: once the batch stands in its file, a full disk does not make it unwritten.
  test('of a rename or a folder for want of room poisons, too', async () => {
    for (const failing of ['rename', 'syncDirectory']) {
      const { observed, writer } = await parts();
      observed.before = ({ kind, path }) => {
        if (kind === failing) throw new DiskError('DISK_FULL', path, 'injected');
      };
      const batch = appending(writer.state, [entryOf(1, 1, 10)]);
      await expect(writer.write(batch)).rejects.toMatchObject({ code: 'LOG_POISONED' });
    }
  });
});
