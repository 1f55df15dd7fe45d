import { describe, expect, test } from 'vitest';

import { MemoryDisk } from '../../src/adapters/memory.ts';
import { openWriter } from '../../src/open-writer.ts';
import { SegmentFiles } from '../../src/segment-files.ts';
import { SharedLog } from '../../src/shared-log/shared-log.ts';
import { SharedRecovery } from '../../src/shared-log/shared-recovery.ts';
import { entryOf } from '../support/files.ts';

async function recover(disk: MemoryDisk): Promise<SharedRecovery> {
  const recovery = new SharedRecovery();
  const files = new SegmentFiles(disk, 'log');
  const { writer } = await openWriter(files, 4_096, recovery);
  await writer.close();
  await files.close();
  return recovery;
}

describe('recovery of a shared log', () => {
  test('finds each group, and what every segment holds', async () => {
    const disk = new MemoryDisk();
    const shared = await SharedLog.open({ disk, directory: 'log', segmentBytes: 4_096 });
    const [red, blue] = [shared.openGroup('red'), shared.openGroup('blue')];
    await red.append({ entries: [entryOf(1, 1, 2_000)] });
    await blue.append({ entries: [entryOf(1, 2, 2_000), entryOf(2, 2, 10)] });
    await shared.close();
    const recovery = await recover(disk);
    const groups = recovery.groups().map(({ groupId, state }) => [groupId, state.lastIndex]);
    expect(groups).toEqual([
      ['red', 1],
      ['blue', 2],
    ]);
    expect(recovery.segments.map(({ sequence, lastPosition }) => [sequence, lastPosition])).toEqual(
      [
        [1, 1],
        [2, 3],
      ],
    );
    expect([recovery.isIncomplete, recovery.releasedBatch]).toEqual([false, 0]);
  });

  test('does not miss what was given back', async () => {
    const disk = new MemoryDisk();
    const shared = await SharedLog.open({ disk, directory: 'log', segmentBytes: 4_096 });
    const red = shared.openGroup('red');
    for (let next = 1; next <= 8; next += 1)
      await red.append({ entries: [entryOf(next, 1, 2_000)] });
    await red.compact(7);
    await shared.close();
    const recovery = await recover(disk);
    expect(recovery.segments[0]?.sequence).toBeGreaterThan(1);
    expect(recovery.releasedBatch).toBeGreaterThan(0);
    expect(recovery.isIncomplete).toBe(false);
    expect(recovery.groups()).toMatchObject([{ groupId: 'red', doubt: undefined }]);
  });

  test('knows which groups ended', async () => {
    const disk = new MemoryDisk();
    const shared = await SharedLog.open({ disk, directory: 'log' });
    const red = shared.openGroup('red');
    await red.append({ entries: [entryOf(1, 1, 10)] });
    await red.close();
    await shared.removeGroup('red');
    await shared.close();
    const recovery = await recover(disk);
    expect([recovery.groups(), recovery.endedGroups()]).toEqual([[], new Set(['red'])]);
  });
});
