import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import { WriteAheadLog } from '@quorate/storage';
import { nodeDisk } from '@quorate/storage/node';

import type { Contender, Sample } from '../suite.ts';
import { temporaryFolder } from './appenders.ts';

/** What the processes that are measured do with the log; see `recover-main.ts`. */
export type RecoveryTask = 'open' | 'open and stream' | 'read files';

const ENTRY_BYTES = 256;
const BATCH_ENTRIES = 1_024;

interface SharedLog {
  users: number;
  readonly root: Promise<string>;
}

const shared = new Map<number, SharedLog>();

/**
 * Recovers a log of `sizeBytes` on disk in a process of its own, so that its peak memory is that of
 * the recovery. All contenders share one log, which is written once.
 */
export function recovery(name: string, task: RecoveryTask, sizeBytes: number): Contender {
  return {
    name,
    setUp: async () => {
      const log = shared.get(sizeBytes) ?? { users: 0, root: writeLog(sizeBytes) };
      shared.set(sizeBytes, log);
      log.users += 1;
      await log.root;
    },
    run: async () => measure(task, await rootOf(sizeBytes)),
    tearDown: async () => {
      const log = shared.get(sizeBytes);
      if (log === undefined) return;
      log.users -= 1;
      if (log.users > 0) return;
      shared.delete(sizeBytes);
      await rm(await log.root, { recursive: true });
    },
  };
}

function rootOf(sizeBytes: number): Promise<string> {
  const log = shared.get(sizeBytes);
  if (log === undefined) throw new Error('expected a log, got none');
  return log.root;
}

async function writeLog(sizeBytes: number): Promise<string> {
  const root = await temporaryFolder();
  const log = await WriteAheadLog.open({ disk: nodeDisk(root), directory: 'log' });
  const payload = new Uint8Array(ENTRY_BYTES).fill(0x61);
  const entryCount = Math.ceil(sizeBytes / (ENTRY_BYTES + 32));
  while (log.lastIndex < entryCount) {
    const first = log.lastIndex + 1;
    const entries = Array.from({ length: BATCH_ENTRIES }, (_, position) => ({
      logIndex: first + position,
      term: 1,
      type: 0,
      payload,
    }));
    await log.append({ entries, metadata: Uint8Array.of(1) });
  }
  await log.close();
  return root;
}

async function measure(task: RecoveryTask, root: string): Promise<Sample> {
  const main = join(import.meta.dirname, 'recover-main.ts');
  const args = ['--conditions=@quorate/source', main, task, root];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const output = JSON.parse(await text(child.stdout)) as { seconds: number; rssMiB: number };
  return { time: output.seconds, 'peak RSS': output.rssMiB };
}
