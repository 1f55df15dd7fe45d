import { beforeEach, describe, expect, test } from 'vitest';

import { MemoryDisk } from '../src/adapters/memory.ts';
import { DiskError } from '../src/errors.ts';
import type { LogEntry } from '../src/log-entry.ts';
import { WriteAheadLog } from '../src/write-ahead-log.ts';
import { overwrite } from './support/damage.ts';
import { entryOf } from './support/files.ts';
import { type DiskOperation, ObservedDisk } from './support/observed-disk.ts';

let disk: MemoryDisk;
let observed: ObservedDisk;

beforeEach(() => {
  disk = new MemoryDisk();
  observed = new ObservedDisk(disk);
});

const open = (segmentBytes = 65_536): Promise<WriteAheadLog> =>
  WriteAheadLog.open({ disk: observed, directory: 'data/log', segmentBytes });
const afterCrash = (): Promise<WriteAheadLog> =>
  WriteAheadLog.open({ disk: disk.afterCrash(), directory: 'data/log', segmentBytes: 65_536 });
const range = (from: number, to: number, term = 1, size = 100): readonly LogEntry[] =>
  Array.from({ length: to - from + 1 }, (_, position) => entryOf(from + position, term, size));

/** Operations from now on fail or wait as `answer` says. */
function meanwhile(answer: (operation: DiskOperation) => Error | Promise<void> | undefined): void {
  observed.before = (operation) => {
    const result = answer(operation);
    if (result instanceof Error) throw result;
    return result;
  };
}

const failing = (kind: DiskOperation['kind'], code: 'DISK_FULL' | 'DISK_FAILED' = 'DISK_FAILED') =>
  meanwhile((operation) =>
    operation.kind === kind ? new DiskError(code, operation.path, 'injected') : undefined,
  );

describe('read', () => {
  test('of what a compaction removes meanwhile ends with an error', async () => {
    const log = await open(4_096);
    for (const entry of range(1, 20, 1, 900)) await log.append({ entries: [entry] });
    let stalled = false;
    meanwhile(({ kind }) => {
      if (kind !== 'read' || stalled) return undefined;
      stalled = true;
      return log.compact(19);
    });
    await expect(log.read(1, 20)).rejects.toThrow(/expected a range within 20\.\.20/);
  });
});

describe('compact', () => {
  test('keeps the metadata when its segment goes', async () => {
    const log = await open(4_096);
    await log.append({ entries: range(1, 1, 1, 3_000), metadata: Uint8Array.of(4, 2) });
    for (const entry of range(2, 9, 1, 3_000)) await log.append({ entries: [entry] });
    await log.compact(9);
    expect(await disk.list('data/log')).not.toContain('0000000000000001.wal');
    expect((await afterCrash()).recovery.metadata).toEqual(Uint8Array.of(4, 2));
  });

  test('whose files cannot be removed is done, and they go at the next opening', async () => {
    const log = await open(4_096);
    for (const entry of range(1, 9, 1, 3_000)) await log.append({ entries: [entry] });
    failing('remove');
    await expect(log.compact(9)).rejects.toMatchObject({ code: 'DISK_FAILED' });
    expect(log.firstIndex).toBe(10);
    observed.before = () => undefined;
    await log.append({ entries: range(10, 10) });
    await log.close();
    const names = (await disk.list('data/log')).length;
    const reopened = await open(4_096);
    expect((await disk.list('data/log')).length).toBeLessThan(names);
    expect(await reopened.read(10, 10)).toEqual(range(10, 10));
  });
});

describe('damage', () => {
  test('that hides a term refuses to compact there', async () => {
    const log = await open();
    await log.append({ entries: [entryOf(1, 1, 10), entryOf(2, 2, 10), entryOf(3, 3, 10)] });
    await log.append({ entries: [entryOf(4, 3, 10)] });
    await log.close();
    const path = 'data/log/0000000000000001.wal';
    // The header of the second entry of the first batch.
    await overwrite(disk, path, 32 + 88 + 48 + 8, new Uint8Array(8));
    const reopened = await open();
    expect([reopened.termAt(1), reopened.termAt(2), reopened.termAt(3)]).toEqual([1, undefined, 3]);
    await expect(reopened.compact(2)).rejects.toMatchObject({ code: 'LOG_DAMAGED' });
    await reopened.compact(3);
    expect(reopened.damaged).toEqual([]);
  });
});

describe('opening and closing', () => {
  test('a log that is open cannot be opened again, and can once it is closed', async () => {
    const options = { disk, directory: 'log' };
    const log = await WriteAheadLog.open(options);
    const locked = { name: 'DiskError', code: 'DISK_LOCKED', path: 'log' };
    await expect(WriteAheadLog.open(options)).rejects.toMatchObject(locked);
    await log.close();
    await (await WriteAheadLog.open(options)).close();
  });

  test('an opening that fails leaves nothing open and nothing locked', async () => {
    const options = { disk, directory: 'log' };
    const log = await WriteAheadLog.open(options);
    await log.append({ entries: range(1, 1) });
    await log.close();
    await overwrite(disk, 'log/0000000000000001.wal', 0, new Uint8Array(1_000));
    for (let attempt = 0; attempt < 2; attempt += 1) {
      await expect(WriteAheadLog.open(options)).rejects.toMatchObject({ code: 'LOG_DAMAGED' });
    }
  });

  test('a file that is only named like a segment is not taken for an empty log', async () => {
    await disk.createDirectory('data/log');
    const file = await disk.open('data/log/0000000000000003.wal', { mode: 'new' });
    await file.write(0, new Uint8Array(5_000).fill(0x47));
    await expect(open()).rejects.toMatchObject({ code: 'LOG_DAMAGED' });
  });

  test.each(['', '..', '/tmp', 'a//b'])(
    'the folder %j is refused or the root',
    async (directory) => {
      const opening = WriteAheadLog.open({ disk, directory });
      if (directory === '') await (await opening).close();
      else await expect(opening).rejects.toThrow(RangeError);
    },
  );
});
