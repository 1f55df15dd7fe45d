import { describe, expect, test } from 'vitest';

import { MemoryDisk } from '../src/adapters/memory.ts';
import { DiskError } from '../src/errors.ts';
import { MARK_BYTES } from '../src/log-format.ts';
import { type LogTail, recoverLog } from '../src/log-recovery.ts';
import { SegmentFiles } from '../src/segment-files.ts';
import { SegmentScan } from '../src/segment-scan.ts';
import { resumeTail } from '../src/tail-repair.ts';
import { contentOf } from './support/damage.ts';
import { appending, entryOf, SegmentImage } from './support/files.ts';
import { ObservedDisk } from './support/observed-disk.ts';

interface Found {
  readonly disk: MemoryDisk;
  readonly observed: ObservedDisk;
  readonly files: SegmentFiles;
  readonly tail: LogTail;
}

/** What recovery finds of an image whose file was written and never synced. */
async function found(image: SegmentImage): Promise<Found> {
  const disk = new MemoryDisk();
  const observed = new ObservedDisk(disk);
  await disk.createDirectory('log');
  await disk.syncDirectory('');
  const files = new SegmentFiles(observed, 'log');
  const path = files.pathOf(1);
  const file = await disk.open(path, { mode: 'new' });
  await file.write(0, image.bytes);
  await disk.syncDirectory('log');
  const scan = (): Promise<SegmentScan> => files.use(1, (reading) => SegmentScan.open(reading, 1));
  const { tail } = await recoverLog([{ sequence: 1, path, scan }]);
  return { disk, observed, files, tail: tail! };
}

function image(): SegmentImage {
  const result = new SegmentImage(1, 8_192);
  result.add(appending(result.state, [entryOf(1, 1, 100)]));
  result.add(appending(result.state, [entryOf(2, 1, 100)], Uint8Array.of(3)));
  return result;
}

describe('the last batch', () => {
  test('is durable once the log goes on behind it', async () => {
    const expected = image();
    const { disk, files, tail } = await found(expected);
    const writer = await resumeTail(files, tail);
    expect(writer).toMatchObject({ sequence: 1, end: expected.end });
    expect(await contentOf(disk.afterCrash(), files.pathOf(1))).toEqual(expected.bytes);
  });

  test.each([
    ['opening', (one: SegmentImage) => one.end - tailBytes, 40],
    ['closing', (one: SegmentImage) => one.end - MARK_BYTES, 40],
  ])('gets its %s mark back', async (_title, offset, count) => {
    const expected = image();
    const torn = image();
    torn.bytes.fill(0, offset(torn), offset(torn) + count);
    const { disk, files, tail } = await found(torn);
    await resumeTail(files, tail);
    expect(await contentOf(disk.afterCrash(), files.pathOf(1))).toEqual(expected.bytes);
  });

  test('is written once more even if a sync would do, as a failed one may have', async () => {
    const { observed, files, tail } = await found(image());
    const written: number[] = [];
    observed.before = ({ kind, offset }) => {
      if (kind === 'write') written.push(offset);
    };
    await resumeTail(files, tail);
    expect(written).toEqual([tail.lastBatch!.start]);
  });

  test('is left alone on a disk without room, and a failed sync is reported', async () => {
    const { observed, files, tail } = await found(image());
    observed.before = ({ kind, path }) => {
      if (kind === 'write') throw new DiskError('DISK_FULL', path, 'injected');
    };
    expect(await resumeTail(files, tail)).toBeDefined();
    observed.before = ({ kind, path }) => {
      if (kind === 'sync') throw new DiskError('DISK_FAILED', path, 'injected');
    };
    await expect(resumeTail(files, tail)).rejects.toMatchObject({ code: 'DISK_FAILED' });
  });
});

test('behind a torn write the log does not go on in the same segment', async () => {
  const torn = image();
  torn.bytes[torn.end + 20] = 1;
  const { disk, files, tail } = await found(torn);
  expect(await resumeTail(files, tail)).toBeUndefined();
  expect(await contentOf(disk.afterCrash(), files.pathOf(1))).toEqual(torn.bytes);
});

/** Size of the last batch of `image`. */
const tailBytes = 2 * MARK_BYTES + 2 * 8 + 32 + 104;
