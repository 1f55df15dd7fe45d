import { describe, expect, test } from 'vitest';

import { MemoryDisk } from '../src/adapters/memory.ts';
import { WriteAheadLog } from '../src/write-ahead-log.ts';
import { entryOf } from './support/files.ts';

// What every log answers is asked of each kind in log-store.contract.test.ts.
describe('a log that is open', () => {
  test('streams in pieces, and closes once', async () => {
    const log = await WriteAheadLog.open({ disk: new MemoryDisk(), directory: 'log' });
    const entries = [1, 2, 3].map((logIndex) => entryOf(logIndex, 1, 600_000));
    await log.append({ entries });
    const counts: number[] = [];
    for await (const piece of log.entries()) counts.push(piece.length);
    expect(counts.length).toBeGreaterThan(1);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(3);
    expect(log.close()).toBe(log.close());
    await log.close();
  });
});
