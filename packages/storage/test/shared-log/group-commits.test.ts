import { describe, expect, test } from 'vitest';

import { CommitQueue } from '../../src/commit-queue.ts';
import { boundsOf, GroupCommits } from '../../src/shared-log/group-commits.ts';
import { newGroup } from '../../src/shared-log/group-record.ts';
import { SharedBatch } from '../../src/shared-log/shared-batch.ts';
import { entryOf } from '../support/files.ts';

function queueOf(written: SharedBatch[]): CommitQueue<SharedBatch> {
  return new CommitQueue({
    create: () => new SharedBatch(),
    write: (batch) => {
      written.push(batch);
      return Promise.resolve();
    },
    isHarmless: () => false,
  });
}
const append = (logIndex: number, truncateFrom?: number) =>
  ({
    kind: 'append',
    truncateFrom,
    entries: [entryOf(logIndex, 1, 1)],
    metadata: undefined,
  }) as const;

describe('the requests of a group', () => {
  test('are seen by their own group at once, and by no other', async () => {
    const written: SharedBatch[] = [];
    const queue = queueOf(written);
    const [red, blue] = [newGroup('red'), newGroup('blue')];
    const [ofRed, ofBlue] = [new GroupCommits(queue, red), new GroupCommits(queue, blue)];
    const done = ofRed.submit(append(1));
    expect([ofRed.bounds.lastIndex, ofBlue.bounds.lastIndex]).toEqual([1, 0]);
    expect([ofRed.pendingFrom, ofBlue.pendingFrom]).toEqual([1, 1]);
    expect([ofRed.pendingEntry(1)?.logIndex, ofBlue.pendingEntry(1)]).toEqual([1, undefined]);
    expect(boundsOf(queue, blue)).toBe(blue.state);
    await done;
    expect(written).toHaveLength(1);
    expect(red.requestCount).toBe(1);
  });

  test('have settled when it is closed, and it takes no more', async () => {
    const queue = queueOf([]);
    const commits = new GroupCommits(queue, newGroup('red'));
    let isDone = false;
    void commits.submit(append(1)).then(() => (isDone = true));
    await commits.stop(new Error('closed'));
    expect([isDone, commits.failure?.message, queue.failure]).toEqual([true, 'closed', undefined]);
  });
});
