/*
 * A durable log of entries, made for Raft and of use to anyone who must not forget.
 *
 * The parts, each in its file: `log-format.ts` says how it lies on disk and why damage can be told
 * from a crash; `group-commit.ts` gathers concurrent calls into batches (`batch-builder.ts`), which
 * `log-writer.ts` encodes and writes into segments (`segment-writer.ts`, `segment-files.ts`);
 * `log-recovery.ts` reads them back after a crash. In memory there is the term and the position of
 * every entry (`log-index.ts`); the entries themselves stay on disk.
 */
import type { DamageList } from './damage-list.ts';
import { createDurableDirectory } from './durable-directory.ts';
import { LogDamagedError, LogError } from './errors.ts';
import { GroupCommit } from './group-commit.ts';
import type { DamagedEntry, LogBatch, LogEntry } from './log-entry.ts';
import { UNIT_BYTES } from './log-format.ts';
import { LogIndex, NOWHERE } from './log-index.ts';
import {
  checkBatch,
  checkInteger,
  checkMetadata,
  segmentBytesOf,
  type WriteAheadLogOptions,
} from './log-options.ts';
export type { WriteAheadLogOptions } from './log-options.ts';
export type { LogBlemish } from './log-recovery.ts';
import {
  BoundedRead,
  type EntryRun,
  type ReadRun,
  readRun,
  runBytes,
  runFrom,
} from './log-reader.ts';
import type { LogBlemish, RecoveredLog } from './log-recovery.ts';
import { openWriter } from './open-writer.ts';
import type { LogWriter, WrittenBatch } from './log-writer.ts';
import { SegmentFiles } from './segment-files.ts';
import type { SegmentTable } from './segment-table.ts';

/** What `WriteAheadLog.open` found. */
export interface LogRecovery {
  /** The last durable metadata record. */
  readonly metadata: Uint8Array | undefined;
  /** Bytes of a last batch that a crash cut short. Nobody was told that it was durable. */
  readonly droppedTailBytes: number;
  /** Durable entries that cannot be read any more, as of `open`. */
  readonly damaged: readonly DamagedEntry[];
  /** Damage that lost nothing, but says that the disk is not to be trusted. */
  readonly blemishes: readonly LogBlemish[];
}

/** Entries streamed at a time. */
const STREAM_BYTES = 1_024 * 1_024;

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
export class WriteAheadLog {
  /** What `open` found. */
  readonly recovery: LogRecovery;
  readonly #files: SegmentFiles;
  readonly #writer: LogWriter;
  readonly #commits: GroupCommit;
  readonly #segments: SegmentTable;
  readonly #damage: DamageList;
  readonly #unlock: () => Promise<void>;
  #index: LogIndex;
  #cleaning: Promise<void> = Promise.resolve();
  #closing: Promise<void> | undefined;

  private constructor(
    parts: { files: SegmentFiles; writer: LogWriter; unlock: () => Promise<void> },
    recovered: RecoveredLog,
  ) {
    this.#files = parts.files;
    this.#writer = parts.writer;
    this.#unlock = parts.unlock;
    this.#segments = recovered.segments;
    this.#damage = recovered.damage;
    this.#index = recovered.index;
    this.recovery = {
      metadata: recovered.state.metadata?.slice(),
      droppedTailBytes: recovered.droppedTailBytes,
      damaged: this.damaged,
      blemishes: recovered.blemishes,
    };
    this.#commits = new GroupCommit(
      () => this.#writer.state,
      async (batch) => {
        this.#apply(await this.#writer.write(batch));
      },
    );
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
      const { recovered, writer } = await openWriter(files, segmentBytes);
      const log = new WriteAheadLog({ files, writer, unlock }, recovered);
      await log.#removeDeadSegments();
      return log;
    } catch (error) {
      await files.close();
      await unlock();
      throw error;
    }
  }

  /**
   * Damaged entries as far as known now, ascending: those of `recovery`, and found by `read` since.
   */
  get damaged(): readonly DamagedEntry[] {
    return this.#damage.entries((logIndex) => this.#index.termAt(logIndex));
  }

  /** Index of the first entry that is kept. */
  get firstIndex(): number {
    return this.#commits.bounds.compactedIndex + 1;
  }

  /** Index of the last entry, durable or not yet; `firstIndex - 1` if there is none. */
  get lastIndex(): number {
    return this.#commits.bounds.lastIndex;
  }

  /** Index of the last entry that is durable and not about to be replaced. */
  get durableIndex(): number {
    return this.#commits.pendingFrom - 1;
  }

  /**
   * The term of an entry, or of the one before `firstIndex`. Undefined outside of those, and for a
   * damaged entry whose term is not known. O(1).
   */
  termAt(logIndex: number): number | undefined {
    const { compactedIndex, compactedTerm, lastIndex } = this.#commits.bounds;
    if (logIndex === compactedIndex) return compactedTerm;
    if (!(logIndex > compactedIndex && logIndex <= lastIndex)) return undefined;
    return this.#commits.pendingEntry(logIndex)?.term ?? this.#index.termAt(logIndex);
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
  async append(batch: LogBatch): Promise<void> {
    this.#requireUsable();
    checkBatch(batch, this);
    const { truncateFrom, entries } = batch;
    const metadata = batch.metadata?.slice();
    return this.#commits.submit({ kind: 'append', truncateFrom, entries, metadata });
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
  async read(
    fromIndex: number,
    toIndex: number,
    maxBytes: number = Number.POSITIVE_INFINITY,
  ): Promise<readonly LogEntry[]> {
    checkRange(fromIndex, toIndex, this);
    if (!(maxBytes >= 0)) throw new RangeError(`maxBytes: expected at least 0, got ${maxBytes}`);
    // All positions are taken now: what was on disk stays there, whatever is truncated meanwhile.
    const durableTo = Math.min(toIndex, this.durableIndex);
    const runs = this.#runs(fromIndex, durableTo, maxBytes);
    const pending = this.#pendingCopies(Math.max(fromIndex, this.durableIndex + 1), toIndex);
    const reading = new BoundedRead(maxBytes);
    let isComplete = true;
    for (const run of runs) {
      isComplete = reading.add(await this.#readRun(run));
      if (!isComplete) break;
    }
    const reached = fromIndex + reading.entries.length - 1;
    if (isComplete && reached >= durableTo) reading.add(pending);
    return reading.entries;
  }

  /**
   * All entries from `firstIndex` to what is `lastIndex` at the time of the call, in pieces of
   * about 1 MiB.
   *
   * @throws LogDamagedError on reaching a damaged entry. What is behind it can be had by `read`.
   */
  async *entries(): AsyncIterable<readonly LogEntry[]> {
    const { firstIndex, lastIndex } = this;
    for (let fromIndex = firstIndex; fromIndex <= lastIndex;) {
      const piece = await this.read(fromIndex, lastIndex, STREAM_BYTES);
      fromIndex += piece.length;
      yield piece;
    }
  }

  /**
   * Forgets the entries up to and including `throughIndex`, and removes the segments that hold no
   * others. Its term stays known. Without effect if they are forgotten already.
   *
   * @throws RangeError if `throughIndex` is above `lastIndex`. LogDamagedError if its term is lost.
   *   Else like `append`; and DiskError if old segments could not be removed, which the next
   *   compaction or `open` tries again.
   */
  async compact(throughIndex: number): Promise<void> {
    this.#requireUsable();
    checkInteger('throughIndex', throughIndex);
    const { compactedIndex, lastIndex } = this.#commits.bounds;
    if (throughIndex > lastIndex) {
      throw new RangeError(`throughIndex: expected at most ${lastIndex}, got ${throughIndex}`);
    }
    if (throughIndex > compactedIndex) {
      const term = this.termAt(throughIndex);
      if (term === undefined) throw this.#damagedError(throughIndex, throughIndex);
      await this.#commits.submit({ kind: 'compact', logIndex: throughIndex, term });
    }
    await this.#removeDeadSegments();
  }

  /**
   * Replaces the whole log by an empty one that begins behind `lastIncludedIndex`: what to do after
   * a snapshot was installed.
   *
   * @throws RangeError or TypeError if an argument is out of its range. Else like `compact`.
   */
  async reset(
    lastIncludedIndex: number,
    lastIncludedTerm: number,
    metadata?: Uint8Array,
  ): Promise<void> {
    this.#requireUsable();
    checkInteger('lastIncludedIndex', lastIncludedIndex);
    checkInteger('lastIncludedTerm', lastIncludedTerm);
    checkMetadata(metadata);
    const [logIndex, term] = [lastIncludedIndex, lastIncludedTerm];
    await this.#commits.submit({ kind: 'reset', logIndex, term, metadata: metadata?.slice() });
    await this.#removeDeadSegments();
  }

  /** Waits for what was submitted, then releases all files and the folder. Idempotent. */
  async close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#commits.stop(new LogError('LOG_CLOSED', 'the log is closed'));
    await this.#commits.idle();
    await this.#cleaning;
    await this.#writer.close();
    await this.#files.close();
    await this.#unlock();
  }

  #requireUsable(): void {
    if (this.#commits.failure !== undefined) throw this.#commits.failure;
  }

  /** Takes a batch that is durable now into the index. */
  #apply({ plan, units, newSegment }: WrittenBatch): void {
    const { fromIndex, compactedIndex } = plan;
    this.#segments.cut(fromIndex);
    if (newSegment !== undefined) this.#segments.add(newSegment, fromIndex);
    if (fromIndex === compactedIndex + 1) {
      this.#index = new LogIndex(fromIndex);
    } else {
      this.#index.cut(fromIndex);
    }
    this.#damage.cut(fromIndex);
    for (const [position, { term }] of plan.entries.entries()) {
      this.#index.append(term, units[position] ?? NOWHERE);
    }
    this.#index.dropThrough(compactedIndex);
    this.#damage.dropThrough(compactedIndex);
  }

  /** Where the entries lie, in runs that are read at once, up to about `maxBytes`. */
  #runs(fromIndex: number, toIndex: number, maxBytes: number): readonly EntryRun[] {
    const runs: EntryRun[] = [];
    let budget = maxBytes;
    for (let next = fromIndex; next <= toIndex && (budget > 0 || runs.length === 0);) {
      const sequence = this.#segments.of(next);
      const end = Math.min(toIndex, this.#segments.endOf(sequence, toIndex) - 1);
      const run = runFrom(sequence, next, end, (logIndex) => this.#index.unitAt(logIndex), budget);
      runs.push(run);
      next += run.units.length;
      budget -= runBytes(run);
      if (this.#damage.find(run.fromIndex, next - 1) !== undefined) {
        throw this.#damagedError(run.fromIndex, next - 1);
      }
    }
    return runs;
  }

  async #readRun(run: EntryRun): Promise<readonly LogEntry[]> {
    const { fromIndex, sequence } = run;
    let found: ReadRun;
    try {
      found = await this.#files.use(sequence, (file) => readRun(file, run));
    } catch (error) {
      // A compaction that came in between has removed the segment.
      checkRange(fromIndex, Math.max(fromIndex, this.lastIndex), this);
      throw error;
    }
    const { entries, damaged } = found;
    if (damaged === undefined) return entries;
    const { logIndex, offset } = damaged;
    const isCurrent = this.#index.unitAt(logIndex) * UNIT_BYTES === offset;
    const path = this.#files.pathOf(sequence);
    const reason = 'its bytes were damaged while the log was open';
    const range = { fromIndex: logIndex, toIndex: logIndex, path, offset, reason };
    if (isCurrent) this.#damage.add(range);
    const term = this.#index.termAt(logIndex);
    throw new LogDamagedError(
      [{ logIndex, term, path, offset, reason }],
      `entry ${logIndex}: ${reason}`,
    );
  }

  #pendingCopies(fromIndex: number, toIndex: number): readonly LogEntry[] {
    const copies: LogEntry[] = [];
    for (let logIndex = fromIndex; logIndex <= toIndex; logIndex += 1) {
      const entry = this.#commits.pendingEntry(logIndex);
      if (entry !== undefined) copies.push({ ...entry, payload: entry.payload.slice() });
    }
    return copies;
  }

  #damagedError(fromIndex: number, toIndex: number): LogDamagedError {
    const damaged = this.damaged.filter(
      ({ logIndex }) => logIndex >= fromIndex && logIndex <= toIndex,
    );
    const list = damaged.map(({ logIndex }) => logIndex).join(', ');
    return new LogDamagedError(damaged, `damaged entries: ${list}; see 'damaged' of this error`);
  }

  /** Removes segments that hold only compacted entries. One removal at a time. */
  async #removeDeadSegments(): Promise<void> {
    const removal = this.#cleaning.then(() =>
      this.#files.remove(this.#segments.takeDead(this.#writer.state.compactedIndex)),
    );
    this.#cleaning = removal.catch(() => undefined);
    return removal;
  }
}

function checkRange(
  fromIndex: number,
  toIndex: number,
  { firstIndex, lastIndex }: { readonly firstIndex: number; readonly lastIndex: number },
): void {
  const isInRange =
    Number.isSafeInteger(fromIndex) &&
    Number.isSafeInteger(toIndex) &&
    firstIndex <= fromIndex &&
    fromIndex <= toIndex &&
    toIndex <= lastIndex;
  if (isInRange) return;
  throw new RangeError(
    `fromIndex..toIndex: expected a range within ${firstIndex}..${lastIndex}, ` +
      `got ${fromIndex}..${toIndex}`,
  );
}
