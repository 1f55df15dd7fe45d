import { expect, test } from 'vitest';

import { MemoryFile } from '../../src/adapters/memory-file.ts';

const contentOf = (file: MemoryFile): Uint8Array => {
  const content = new Uint8Array(file.sizeBytes);
  file.read(0, content);
  return content;
};

test('takes room by blocks, where it was written, and gives it back', () => {
  const room = { freeBytes: 3 * 4_096 };
  const file = new MemoryFile(room);
  file.write(4_090, new Uint8Array(10).fill(1), 'a');
  expect([room.freeBytes, file.allocatedBytes]).toEqual([4_096, 8_192]);
  file.truncate(4_096);
  expect(room.freeBytes).toBe(8_192);
  file.discard();
  expect(room.freeBytes).toBe(3 * 4_096);
});

test('a sector that was cut off and written again is old or new after a crash', () => {
  const room = { freeBytes: 1e6 };
  const file = new MemoryFile(room);
  file.write(0, new Uint8Array(1_024).fill(1), 'a');
  file.sync();
  file.truncate(512);
  file.write(512, new Uint8Array(512).fill(2), 'a');
  expect(file.unsyncedSectors()).toEqual([1]);
  expect(file.hasUnsyncedSize).toBe(false);
  expect(contentOf(file.afterCrash(room, () => 0, true))).toEqual(new Uint8Array(1_024).fill(1));
  expect(contentOf(file.afterCrash(room, () => 512, true))).toEqual(contentOf(file));
});

test('bytes behind the surviving size are gone, also for what is written later', () => {
  const room = { freeBytes: 1e6 };
  const file = new MemoryFile(room);
  file.write(0, new Uint8Array(100).fill(1), 'a');
  file.sync();
  file.write(100, new Uint8Array(5_000).fill(2), 'a');
  const after = file.afterCrash(room, () => 512, false);
  expect(after.sizeBytes).toBe(100);
  after.truncate(300);
  const expected = new Uint8Array(300);
  expected.fill(1, 0, 100);
  expect(contentOf(after)).toEqual(expected);
});
