/** Does one `RecoveryTask` and prints how long it took, and the peak memory of this process. */
import { readdir, open } from 'node:fs/promises';
import { join } from 'node:path';

import { WriteAheadLog } from '@quorate/storage';
import { nodeDisk } from '@quorate/storage/node';

const [task, root] = process.argv.slice(2);
if (root === undefined) throw new Error('usage: recover-main <task> <root>');

const startedAt = performance.now();
if (task === 'read files') await readFiles(join(root, 'log'));
else await recover(root, task === 'open and stream');
const seconds = (performance.now() - startedAt) / 1_000;
const rssMiB = process.resourceUsage().maxRSS / 1_024;
process.stdout.write(JSON.stringify({ seconds, rssMiB }));

async function recover(disk: string, streams: boolean): Promise<void> {
  const log = await WriteAheadLog.open({ disk: nodeDisk(disk), directory: 'log' });
  let streamed = 0;
  if (streams) for await (const entries of log.entries()) streamed += entries.length;
  if (streams && streamed !== log.lastIndex)
    throw new Error(`streamed ${String(streamed)} entries`);
  await log.close();
}

/** The floor: the same bytes into memory, 1 MiB at a time, and nothing done with them. */
async function readFiles(directory: string): Promise<void> {
  const buffer = new Uint8Array(1_024 * 1_024);
  for (const name of await readdir(directory)) {
    const file = await open(join(directory, name));
    while ((await file.read(buffer)).bytesRead > 0);
    await file.close();
  }
}
