import { mkdtemp, open, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { WriteAheadLog } from '@quorate/storage';
import { nodeDisk } from '@quorate/storage/node';

/** Someone who makes bytes durable, one call each. */
export interface Appender {
  /** Resolves once `payload` survives a power cut. */
  append(payload: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/** The write-ahead log: concurrent calls share a sync. */
export async function openLog(): Promise<Appender> {
  const root = await temporaryFolder();
  const log = await WriteAheadLog.open({ disk: nodeDisk(root), directory: 'log' });
  return {
    append: (payload) =>
      log.append({ entries: [{ logIndex: log.lastIndex + 1, term: 1, type: 0, payload }] }),
    close: async () => {
      await log.close();
      await rm(root, { recursive: true });
    },
  };
}

/**
 * A file with a write and an fdatasync for each call, one after the other: the log that is written
 * first, and what a service does that must not lose a record and has thought no further.
 */
export async function openSyncEach(): Promise<Appender> {
  const { file, close } = await temporaryFile();
  let offset = 0;
  let turn = Promise.resolve();
  return {
    append: (payload) => {
      turn = turn.then(async () => {
        await file.write(payload, 0, payload.length, offset);
        offset += payload.length;
        await file.datasync();
      });
      return turn;
    },
    close,
  };
}

/** The same, with the calls on their own in Node's thread pool: up to four at a time. */
export async function openSyncEachAtOnce(): Promise<Appender> {
  const { file, close } = await temporaryFile();
  let offset = 0;
  return {
    append: async (payload) => {
      const start = offset;
      offset += payload.length;
      await file.write(payload, 0, payload.length, start);
      await file.datasync();
    },
    close,
  };
}

async function temporaryFile(): Promise<{ file: FileHandle; close: () => Promise<void> }> {
  const root = await temporaryFolder();
  const file = await open(join(root, 'file'), 'w');
  return {
    file,
    close: async () => {
      await file.close();
      await rm(root, { recursive: true });
    },
  };
}

/** Within TMPDIR: point it at the disk to be measured. */
export function temporaryFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'quorate-bench-'));
}
