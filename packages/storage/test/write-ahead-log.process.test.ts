import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { nodeDisk } from '../src/adapters/node.ts';
import { WriteAheadLog } from '../src/write-ahead-log.ts';

const source = join(import.meta.dirname, '../src');
let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'quorate-log-'));
});

afterEach(async () => {
  await rm(root, { recursive: true });
});

/** A process that appends for ever, eight at a time, and says which entries were acknowledged. */
function startAppending() {
  const program = `
    const { WriteAheadLog } = await import(${JSON.stringify(join(source, 'write-ahead-log.ts'))});
    const { nodeDisk } = await import(${JSON.stringify(join(source, 'adapters/node.ts'))});
    const disk = nodeDisk(${JSON.stringify(root)});
    const log = await WriteAheadLog.open({ disk, directory: 'log', segmentBytes: 32768 });
    const append = async () => {
      for (;;) {
        const logIndex = log.lastIndex + 1;
        const payload = new Uint8Array(200).fill(logIndex % 256);
        await log.append({ entries: [{ logIndex, term: 1, type: 0, payload }] });
        process.stdout.write(logIndex + '\\n');
      }
    };
    await Promise.all(Array.from({ length: 8 }, append));`;
  const args = ['--conditions=@quorate/source', '--input-type=module', '--eval', program];
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
}

// Goal: a process killed at any moment has lost nothing that it acknowledged.
// Method: three lives in one folder, each killed with SIGKILL while it appends to small segments.
test('a killed process has lost nothing that it acknowledged', async () => {
  let acknowledged = 0;
  for (let life = 1; life <= 3; life += 1) {
    const child = startAppending();
    const exited = once(child, 'exit');
    for await (const line of createInterface(child.stdout)) {
      acknowledged = Math.max(acknowledged, Number(line));
      if (acknowledged >= life * 700) child.kill('SIGKILL');
    }
    await exited;
    const log = await WriteAheadLog.open({ disk: nodeDisk(root), directory: 'log' });
    expect(log.recovery.damaged).toEqual([]);
    expect(log.lastIndex).toBeGreaterThanOrEqual(acknowledged);
    for await (const entries of log.entries()) {
      const wrong = entries.filter(
        ({ logIndex, payload }) => payload.length !== 200 || payload[99] !== logIndex % 256,
      );
      expect(wrong).toEqual([]);
    }
    await log.close();
  }
});
