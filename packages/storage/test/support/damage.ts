import { expect } from 'vitest';

import type { MemoryDisk } from '../../src/adapters/memory.ts';
import { LogDamagedError } from '../../src/errors.ts';
import type { LogEntry } from '../../src/log-entry.ts';
import type { LogStore } from '../../src/log-store.ts';
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
  expect(await faultsOf(log, expected)).toEqual([]);
  const { damaged, blemishes } = log.recovery;
  await log.close();
  return damaged.length + blemishes.length === 0 ? 'intact' : 'reported';
}

/**
 * Where `log` differs from `expected` without saying so. Plain comparisons: the tests that damage
 * every byte in turn ask this many thousand times.
 */
export async function faultsOf(log: LogStore, expected: LogTwin): Promise<readonly string[]> {
  const faults: string[] = [];
  const { compactedIndex, compactedTerm, entries, metadata } = expected;
  const bounds = `${log.firstIndex}..${log.lastIndex} after term ${log.termAt(compactedIndex)}`;
  const expectedLast = compactedIndex + entries.length;
  const expectedBounds = `${compactedIndex + 1}..${expectedLast} after term ${compactedTerm}`;
  if (bounds !== expectedBounds) faults.push(`bounds ${bounds} instead of ${expectedBounds}`);
  const found = log.recovery.metadata?.join() ?? 'none';
  if (found !== (metadata?.join() ?? 'none')) faults.push(`metadata ${found}`);

  const damaged = new Set(log.damaged.map(({ logIndex }) => logIndex));
  const readable: LogEntry[] = [];
  for (const entry of entries) {
    const { logIndex, term } = entry;
    const termKnown = log.termAt(logIndex);
    if (!damaged.delete(logIndex)) {
      readable.push(entry);
      if (termKnown !== term) faults.push(`term of ${logIndex} is ${termKnown}`);
      continue;
    }
    if (termKnown !== undefined && termKnown !== term) faults.push(`term of ${logIndex}`);
    const answer = await log.read(logIndex, logIndex).catch((error: unknown) => error);
    if (!isRefusal(answer, logIndex)) faults.push(`damaged entry ${logIndex} is readable`);
  }
  if (damaged.size > 0) faults.push(`named but never there: ${[...damaged].join()}`);
  for (const run of runsOf(readable)) {
    const answer = await log.read(run[0]!.logIndex, run.at(-1)!.logIndex).catch(String);
    const isSame =
      typeof answer !== 'string' &&
      answer.length === run.length &&
      run.every((entry, position) => isEntry(answer[position], entry));
    if (!isSame) faults.push(`from ${run[0]!.logIndex} on wrong or gone`);
  }
  return faults;
}

/** The entries in runs without gaps, so that each is read at once. */
function runsOf(entries: readonly LogEntry[]): readonly (readonly LogEntry[])[] {
  const runs: LogEntry[][] = [];
  for (const entry of entries) {
    const run = runs.at(-1);
    if (run?.at(-1)?.logIndex === entry.logIndex - 1) run.push(entry);
    else runs.push([entry]);
  }
  return runs;
}

function isRefusal(answer: unknown, logIndex: number): boolean {
  return answer instanceof LogDamagedError && answer.damaged[0]?.logIndex === logIndex;
}

function isEntry(
  found: LogEntry | undefined,
  { logIndex, term, type, payload }: LogEntry,
): boolean {
  const isSame = found?.logIndex === logIndex && found.term === term && found.type === type;
  return isSame && Buffer.compare(found.payload, payload) === 0;
}
