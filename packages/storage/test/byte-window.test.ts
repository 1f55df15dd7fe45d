import { crc32c } from '@quorate/transport/codec';
import { seededRandom } from '@quorate/transport/system';
import { describe, expect, test } from 'vitest';

import { MemoryDisk } from '../src/adapters/memory.ts';
import { ByteWindow } from '../src/byte-window.ts';
import { DiskError } from '../src/errors.ts';
import { fileOf } from './support/files.ts';
import { ObservedDisk } from './support/observed-disk.ts';

const content = seededRandom('window').bytes(2_500_000);

describe('a window', () => {
  test('shows what the file holds, wherever it is moved', async () => {
    const window = await ByteWindow.open(await fileOf(content));
    for (const offset of [0, 1_048_570, 12, 2_499_900]) {
      expect(await window.load(offset, 100)).toBe(true);
      expect(window.holds(offset, 100)).toBe(true);
      const at = window.at(offset);
      expect(window.area.bytes.subarray(at, at + 100)).toEqual(
        content.subarray(offset, offset + 100),
      );
    }
  });

  test('knows where the file ends', async () => {
    const window = await ByteWindow.open(await fileOf(content));
    expect(await window.load(2_499_901, 100)).toBe(false);
    expect(await window.crc(2_499_901, 100)).toBeUndefined();
    const empty = await ByteWindow.open(await fileOf(new Uint8Array()));
    expect(await empty.load(0, 1)).toBe(false);
    expect(await empty.crc(0, 0)).toBe(0);
  });

  test('computes checksums over more than it holds', async () => {
    const window = await ByteWindow.open(await fileOf(content));
    expect(await window.crc(3, 2_400_000)).toBe(crc32c(content, 3, 2_400_003));
  });
});

describe('a disk that cannot read', () => {
  async function windowOver(fails: (offset: number) => string | undefined): Promise<ByteWindow> {
    const disk = new MemoryDisk();
    const file = await disk.open('a', { mode: 'new' });
    await file.write(0, content.subarray(0, 4_096));
    const observed = new ObservedDisk(disk);
    observed.before = ({ kind, path, offset }) => {
      const code = kind === 'read' ? fails(offset) : undefined;
      if (code === 'DISK_FAILED' || code === 'DISK_CLOSED') throw new DiskError(code, path, 'no');
    };
    return ByteWindow.open(await observed.open('a'));
  }

  test('costs the sectors it cannot read, shown as zeros, and no others', async () => {
    // Reads of the whole fail, and so does that of the sector at 1024 alone.
    let reads = 0;
    const window = await windowOver((offset) => {
      reads += 1;
      return reads === 1 || offset === 1_024 ? 'DISK_FAILED' : undefined;
    });
    await window.load(0, 4_096);
    const expected = content.slice(0, 4_096).fill(0, 1_024, 1_536);
    expect(window.area.bytes).toEqual(expected);
  });

  test('is reported when it is no matter of single sectors', async () => {
    const window = await windowOver(() => 'DISK_CLOSED');
    await expect(window.load(0, 8)).rejects.toMatchObject({ code: 'DISK_CLOSED' });
  });
});
