import { describe, expect, test } from 'vitest';

import type { BatchBuilder, LogBounds } from '../src/batch-builder.ts';
import { DiskError } from '../src/errors.ts';
import { GroupCommit } from '../src/group-commit.ts';
import type { LogEntry } from '../src/log-entry.ts';
import { entryOf } from './support/files.ts';

/** A writer whose batches are finished by hand. */
class ManualWriter {
  durable: LogBounds = { lastIndex: 0, compactedIndex: 0, compactedTerm: 0 };
  readonly batches: (readonly number[])[] = [];
  #finish: ((error?: Error) => void) | undefined;
  readonly commits = new GroupCommit(
    () => this.durable,
    (batch) => this.#write(batch),
  );

  append(...entries: LogEntry[]): Promise<void> {
    return this.commits.submit({
      kind: 'append',
      truncateFrom: entries[0]?.logIndex,
      entries,
      metadata: undefined,
    });
  }

  /** Once the writer has been called, lets it succeed or fail. */
  async finish(error?: Error): Promise<void> {
    while (this.#finish === undefined) await Promise.resolve();
    const finish = this.#finish;
    this.#finish = undefined;
    finish(error);
  }

  #write(batch: BatchBuilder): Promise<void> {
    this.batches.push(batch.entries.map(({ logIndex }) => logIndex));
    return new Promise((resolve, reject) => {
      this.#finish = (error) => {
        if (error !== undefined) {
          reject(error);
          return;
        }
        const { lastIndex, compactedIndex, compactedTerm } = batch;
        this.durable = { lastIndex, compactedIndex, compactedTerm };
        resolve();
      };
    });
  }
}

const entry = (logIndex: number, term = 1): LogEntry => entryOf(logIndex, term, 10);

describe('group commit', () => {
  test('calls of one turn share a batch; those that come meanwhile share the next', async () => {
    const writer = new ManualWriter();
    const order: number[] = [];
    const calls = [1, 2].map((index) => writer.append(entry(index)).then(() => order.push(index)));
    await Promise.resolve();
    await Promise.resolve();
    for (const index of [3, 4, 5]) {
      calls.push(writer.append(entry(index)).then(() => order.push(index)));
    }
    expect(writer.batches).toEqual([[1, 2]]);
    expect(order).toEqual([]);
    await writer.finish();
    await writer.finish();
    await Promise.all(calls);
    expect(writer.batches).toEqual([
      [1, 2],
      [3, 4, 5],
    ]);
    expect(order).toEqual([1, 2, 3, 4, 5]);
  });

  test('what was submitted is visible at once, and newer replaces older', async () => {
    const writer = new ManualWriter();
    void writer.append(entry(1, 1), entry(2, 1), entry(3, 1));
    await Promise.resolve();
    await Promise.resolve();
    void writer.append(entry(2, 7));
    const { commits } = writer;
    expect(commits.bounds.lastIndex).toBe(2);
    expect(commits.pendingFrom).toBe(1);
    expect([1, 2, 3, 4].map((index) => commits.pendingEntry(index)?.term)).toEqual([
      1,
      7,
      undefined,
      undefined,
    ]);
    await writer.finish();
    await writer.finish();
    await commits.idle();
    expect(commits.pendingFrom).toBe(3);
    expect(commits.pendingEntry(2)).toBeUndefined();
  });

  test('a batch does not grow without bound', async () => {
    const writer = new ManualWriter();
    const large = (logIndex: number): LogEntry => entryOf(logIndex, 1, 3_000_000);
    const calls = [1, 2, 3, 4, 5].map((index) => writer.append(large(index)));
    for (let round = 0; round < 3; round += 1) await writer.finish();
    await Promise.all(calls);
    expect(writer.batches).toEqual([[1, 2], [3, 4], [5]]);
  });

  test('nothing to write is not written, but waits its turn', async () => {
    const writer = new ManualWriter();
    const order: string[] = [];
    const first = writer.append(entry(1)).then(() => order.push('first'));
    await Promise.resolve();
    await Promise.resolve();
    const empty = writer.append().then(() => order.push('empty'));
    await writer.finish();
    await Promise.all([first, empty]);
    expect([order, writer.batches]).toEqual([['first', 'empty'], [[1]]]);
  });
});

describe('a batch that fails', () => {
  test('for want of room takes all later ones with it, and leaves the log as it was', async () => {
    const writer = new ManualWriter();
    const calls = [writer.append(entry(1))];
    await Promise.resolve();
    await Promise.resolve();
    calls.push(writer.append(entry(2)));
    const full = new DiskError('DISK_FULL', 'a', 'full');
    await writer.finish(full);
    expect(await Promise.allSettled(calls)).toEqual(
      [full, full].map((reason) => ({ status: 'rejected', reason })),
    );
    expect(writer.commits.bounds.lastIndex).toBe(0);
    expect(writer.commits.failure).toBeUndefined();
    const again = writer.append(entry(1));
    await writer.finish();
    await again;
    expect(writer.commits.bounds.lastIndex).toBe(1);
  });

  test('otherwise poisons: the failure stays, and is the first', async () => {
    const writer = new ManualWriter();
    const call = writer.append(entry(1));
    const failure = new Error('sync failed');
    await writer.finish(failure);
    await expect(call).rejects.toBe(failure);
    writer.commits.stop(new Error('closed'));
    expect(writer.commits.failure).toBe(failure);
  });

  test('stopping is a failure, too, if it is the first', () => {
    const { commits } = new ManualWriter();
    const closed = new Error('closed');
    commits.stop(closed);
    expect(commits.failure).toBe(closed);
  });
});
