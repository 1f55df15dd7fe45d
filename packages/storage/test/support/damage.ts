import { expect } from 'vitest';

import type { MemoryDisk } from '../../src/adapters/memory.ts';
import { WriteAheadLog } from '../../src/write-ahead-log.ts';
import type { LogTwin } from './log-twin.ts';

/** Replaces some bytes of a file for good. */
export async function overwrite(
  disk: MemoryDisk,
  path: string,
  offset: number,
  bytes: Uint8Array,
): Promise<void> {
  const file = await disk.open(path);
  await file.write(offset, bytes);
  await file.sync();
  await file.close();
}

/** All bytes of a file. */
export async function contentOf(disk: MemoryDisk, path: string): Promise<Uint8Array> {
  const file = await disk.open(path);
  const content = new Uint8Array(await file.sizeBytes());
  await file.read(0, content);
  await file.close();
  return content;
}

/** What came of opening a damaged log. */
export type Verdict = 'intact' | 'reported' | 'refused';

/**
 * Opens a log that should be `expected` but for damage, and asserts the promise of the package:
 * each entry is there as it was, or named as damaged; none is wrong, none is silently gone.
 */
export async function openDamaged(
  disk: MemoryDisk,
  expected: LogTwin,
  segmentBytes = 4_096,
): Promise<Verdict> {
  let log: WriteAheadLog;
  try {
    log = await WriteAheadLog.open({ disk, directory: 'log', segmentBytes });
  } catch (error) {
    expect(error).toMatchObject({ code: 'LOG_DAMAGED' });
    return 'refused';
  }
  const damaged = new Map(log.damaged.map((entry) => [entry.logIndex, entry]));
  expect(log.firstIndex).toBe(expected.compactedIndex + 1);
  expect(log.lastIndex).toBe(expected.compactedIndex + expected.entries.length);
  expect(log.termAt(expected.compactedIndex)).toBe(expected.compactedTerm);
  expect(log.recovery.metadata).toEqual(expected.metadata);
  for (const entry of expected.entries) {
    const { logIndex, term } = entry;
    const report = damaged.get(logIndex);
    if (report === undefined) {
      expect(await log.read(logIndex, logIndex)).toEqual([entry]);
      expect(log.termAt(logIndex)).toBe(term);
      continue;
    }
    const refusal = { code: 'LOG_DAMAGED', damaged: [{ logIndex }] };
    await expect(log.read(logIndex, logIndex)).rejects.toMatchObject(refusal);
    expect([term, undefined]).toContain(log.termAt(logIndex));
    damaged.delete(logIndex);
  }
  expect([...damaged.keys()], 'no entry is named that the log never had').toEqual([]);
  const { damaged: reported, blemishes } = log.recovery;
  await log.close();
  return reported.length + blemishes.length === 0 ? 'intact' : 'reported';
}
