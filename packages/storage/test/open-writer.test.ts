import { expect, test } from 'vitest';

import { MemoryDisk } from '../src/adapters/memory.ts';
import { openWriter } from '../src/open-writer.ts';
import { SegmentFiles } from '../src/segment-files.ts';
import { appending, entryOf } from './support/files.ts';

test('goes on in the segment and with the state that was left', async () => {
  const disk = new MemoryDisk();
  await disk.createDirectory('log');
  const open = () => openWriter(new SegmentFiles(disk, 'log'), 65_536);
  const first = await open();
  expect(first.recovered.tail).toBeUndefined();
  await first.writer.write(appending(first.writer.state, [entryOf(1, 1, 10)]));
  await first.writer.close();

  const second = await open();
  expect(second.writer.state).toEqual(first.writer.state);
  const written = await second.writer.write(appending(second.writer.state, [entryOf(2, 1, 10)]));
  expect(written.newSegment).toBeUndefined();
  expect((await open()).recovered.index.lastIndex).toBe(2);
});

test('begins a new segment behind bytes that a crash left', async () => {
  const disk = new MemoryDisk();
  await disk.createDirectory('log');
  const files = new SegmentFiles(disk, 'log');
  const { writer } = await openWriter(files, 65_536);
  await writer.write(appending(writer.state, [entryOf(1, 1, 10)]));
  const file = await disk.open(files.pathOf(1));
  await file.write(1_000, Uint8Array.of(1));
  const again = await openWriter(new SegmentFiles(disk, 'log'), 65_536);
  expect(again.recovered.droppedTailBytes).toBeGreaterThan(0);
  const batch = appending(again.writer.state, [entryOf(2, 1, 10)]);
  expect(await again.writer.write(batch)).toMatchObject({ newSegment: 2 });
});
