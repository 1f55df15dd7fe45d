import { expect, test } from 'vitest';

import { MemoryDisk } from '../src/adapters/memory.ts';
import { WriteAheadLog } from '../src/write-ahead-log.ts';

test('what was acknowledged is there after a crash', async () => {
  const disk = new MemoryDisk();
  const log = await WriteAheadLog.open({ disk, directory: 'log' });
  const entry = { logIndex: 1, term: 1, type: 0, payload: Uint8Array.of(1) };
  await log.append({ entries: [entry], metadata: Uint8Array.of(9) });
  await log.append({ entries: [{ ...entry, logIndex: 2 }] });
  const reopened = await WriteAheadLog.open({ disk: disk.afterCrash(), directory: 'log' });
  expect(await reopened.read(1, 2)).toEqual([entry, { ...entry, logIndex: 2 }]);
  expect(reopened.recovery.metadata).toEqual(Uint8Array.of(9));
});
