/*
 * A durable log of entries, made for Raft and of use to anyone who must not forget.
 *
 * The parts, each in its file: `log-format.ts` says how it lies on disk and why damage can be told
 * from a crash; `group-commit.ts` gathers concurrent calls into batches (`batch-builder.ts`), which
 * `log-writer.ts` encodes and writes into segments (`segment-writer.ts`, `segment-files.ts`);
 * `log-recovery.ts` reads them back after a crash. In memory there is the term and the position of
 * every entry (`log-index.ts`); the entries themselves stay on disk.
 */
import { createDurableDirectory } from './durable-directory.ts';
import { LogError } from './errors.ts';
import { GroupCommit } from './group-commit.ts';
import { LogContent } from './log-content.ts';
import type { DamagedEntry, LogBatch, LogEntry } from './log-entry.ts';
import { segmentBytesOf, type WriteAheadLogOptions } from './log-options.ts';
import type { LogRecovery, LogStore } from './log-store.ts';
import { openWriter } from './open-writer.ts';
import { ReadTracker } from './read-tracker.ts';
import { SegmentFiles } from './segment-files.ts';
import { StoredLog } from './stored-log.ts';

/**
 * A durable log with group commit, truncation of its end and compaction of its beginning.
 *
 * @remarks
 * Calls take effect in the order in which they were made, and are merged: all that come while a
 * sync is under way share the next one. An append costs one write and one sync, whatever its size.
 * Memory: 4 bytes an entry, 12 where terms change within 4 096 entries.
 *
 * What `append` acknowledged is there after a crash, or named in `damaged`; never silently gone,
 * and never different. A batch that was not acknowledged is there as a whole or not at all.
 *
 * @example
 * ```ts
 * import { WriteAheadLog } from '@quorate/storage';
 * import { MemoryDisk } from '@quorate/storage/memory';
 *
 * const disk = new MemoryDisk();
 * const log = await WriteAheadLog.open({ disk, directory: 'log' });
 * const entry = { logIndex: 1, term: 1, type: 0, payload: Uint8Array.of(7) };
 * await log.append({ entries: [entry] });
 * await log.close();
 *
 * const reopened = await WriteAheadLog.open({ disk: disk.afterCrash(), directory: 'log' });
 * reopened.lastIndex; // => 1
 * ```
 */
export class WriteAheadLog implements LogStore {
  readonly #log: StoredLog;

  private constructor(log: StoredLog) {
    this.#log = log;
  }

  /**
   * Opens the log in `directory`, or begins an empty one.
   *
   * @throws RangeError if an option is out of its range. DiskError 'DISK_LOCKED' if the log is open
   *   elsewhere, or another one if the disk refuses. LogDamagedError if something was lost that
   *   cannot be named entry by entry: the last metadata record, or all marks of the last batch.
   *   LogError 'LOG_UNSUPPORTED' for a format of a later version.
   *
   * @remarks
   * O(bytes of the log) time; one window of 1 MiB and the index in memory. What it returns is
   * durable even if the process before was killed before its sync: the last batch is written and
   * synced anew.
   */
  static async open(options: WriteAheadLogOptions): Promise<WriteAheadLog> {
    const { disk, directory } = options;
    const segmentBytes = segmentBytesOf(options);
    await createDurableDirectory(disk, directory);
    const unlock = (await disk.lock?.(directory)) ?? (() => Promise.resolve());
    const files = new SegmentFiles(disk, directory);
    try {
      const { log, removeDeadSegments } = await openLog(files, segmentBytes, unlock);
      await removeDeadSegments();
      return new WriteAheadLog(log);
    } catch (error) {
      await files.close();
      await unlock();
      throw error;
    }
  }

  /** What `open` found. */
  get recovery(): LogRecovery {
    return this.#log.recovery;
  }

  /**
   * Damaged entries as far as known now, ascending: those of `recovery`, and found by `read` since.
   */
  get damaged(): readonly DamagedEntry[] {
    return this.#log.damaged;
  }

  /** Index of the first entry that is kept. */
  get firstIndex(): number {
    return this.#log.firstIndex;
  }

  /** Index of the last entry, durable or not yet; `firstIndex - 1` if there is none. */
  get lastIndex(): number {
    return this.#log.lastIndex;
  }

  /** Index of the last entry that is durable and not about to be replaced. */
  get durableIndex(): number {
    return this.#log.durableIndex;
  }

  /**
   * The term of an entry, or of the one before `firstIndex`. Undefined outside of those, and for a
   * damaged entry whose term is not known. O(1).
   */
  termAt(logIndex: number): number | undefined {
    return this.#log.termAt(logIndex);
  }

  /**
   * Truncates, appends and replaces the metadata, all of it or nothing. Takes effect at once in
   * `lastIndex`, `termAt` and `read`; resolves once it is durable. Over damaged entries it heals
   * them.
   *
   * Calls queue without bound while the disk is slow: whoever has much to append must wait.
   *
   * @param batch - Must not change until the promise settles.
   * @throws RangeError or TypeError if `batch` does not fit the log; nothing has changed then.
   *   DiskError 'DISK_FULL' if there is no room: this batch and those submitted after it are undone
   *   as if never made, reads and later appends go on. LogError 'LOG_POISONED' if a write or sync
   *   failed otherwise: whether the batch is durable is unknown, `lastIndex` is what certainly is,
   *   and every later call rejects too.
   */
  append(batch: LogBatch): Promise<void> {
    return this.#log.append(batch);
  }

  /**
   * Entries from `fromIndex` to `toIndex`, both included, or as many as take `maxBytes` on disk,
   * with 32 bytes for each besides its payload; at least one. The caller owns them; payloads that
   * were read together share memory, so copy those of which you keep few for long.
   *
   * @throws RangeError if the range does not lie within `firstIndex..lastIndex`, or a compaction
   *   forgets a part of it before it is read. LogDamagedError if one of the entries is damaged,
   *   DiskError if the disk cannot be read.
   */
  read(fromIndex: number, toIndex: number, maxBytes?: number): Promise<readonly LogEntry[]> {
    return this.#log.read(fromIndex, toIndex, maxBytes);
  }

  /**
   * All entries from `firstIndex` to what is `lastIndex` at the time of the call, in pieces of
   * about 1 MiB.
   *
   * @throws LogDamagedError on reaching a damaged entry. What is behind it can be had by `read`.
   */
  entries(): AsyncIterable<readonly LogEntry[]> {
    return this.#log.entries();
  }

  /**
   * Forgets the entries up to and including `throughIndex`, and removes the segments that hold no
   * others. Its term stays known. Without effect if they are forgotten already.
   *
   * @throws RangeError if `throughIndex` is above `lastIndex`. LogDamagedError if its term is lost.
   *   Else like `append`; and DiskError if old segments could not be removed, which the next
   *   compaction or `open` tries again.
   */
  compact(throughIndex: number): Promise<void> {
    return this.#log.compact(throughIndex);
  }

  /**
   * Replaces the whole log by an empty one that begins behind `lastIncludedIndex`: what to do after
   * a snapshot was installed.
   *
   * @throws RangeError or TypeError if an argument is out of its range. Else like `compact`.
   */
  reset(lastIncludedIndex: number, lastIncludedTerm: number, metadata?: Uint8Array): Promise<void> {
    return this.#log.reset(lastIncludedIndex, lastIncludedTerm, metadata);
  }

  /** Waits for what was submitted, then releases all files and the folder. Idempotent. */
  close(): Promise<void> {
    return this.#log.close();
  }
}

async function openLog(
  files: SegmentFiles,
  segmentBytes: number,
  unlock: () => Promise<void>,
): Promise<{ log: StoredLog; removeDeadSegments: () => Promise<void> }> {
  const { recovered, writer } = await openWriter(files, segmentBytes);
  const content = new LogContent(recovered);
  const commits = new GroupCommit(
    () => writer.state,
    async (batch) => {
      const { plan, units, newSegment } = await writer.write(batch);
      content.apply(plan, units, newSegment);
    },
  );
  let cleaning: Promise<void> = Promise.resolve();
  /** Removes segments that hold only compacted entries. One removal at a time. */
  const removeDeadSegments = (): Promise<void> => {
    const removal = cleaning.then(() =>
      files.remove(content.segments.takeDead(writer.state.compactedIndex)),
    );
    cleaning = removal.catch(() => undefined);
    return removal;
  };
  const close = async (): Promise<void> => {
    commits.stop(new LogError('LOG_CLOSED', 'the log is closed'));
    await commits.idle();
    await cleaning;
    await writer.close();
    await files.close();
    await unlock();
  };
  const recovery = {
    metadata: recovered.state.metadata?.slice(),
    droppedTailBytes: recovered.droppedTailBytes,
    blemishes: recovered.blemishes,
  };
  const numbering = 'logIndex';
  const log = new StoredLog({
    recovery,
    files,
    content,
    commits,
    numbering,
    reads: new ReadTracker(),
    release: removeDeadSegments,
    close,
  });
  return { log, removeDeadSegments };
}
