import type { DamagedEntry, LogBatch, LogEntry } from './log-entry.ts';
import type { LogBlemish } from './log-recovery.ts';

/** What was found when a log was opened. */
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

/**
 * What a replicated log needs of a durable one. `WriteAheadLog` is one, alone in its folder; so is
 * each group's view of a `SharedLog`.
 *
 * @remarks
 * Calls take effect in the order in which they were made. What `append` acknowledged is there after
 * a crash, or named in `damaged`; never silently gone, and never different. A batch that was not
 * acknowledged is there as a whole or not at all.
 */
export interface LogStore {
  /** What was found when it was opened. */
  readonly recovery: LogRecovery;
  /**
   * Damaged entries as far as known now, ascending: those of `recovery`, and found by `read` since.
   */
  readonly damaged: readonly DamagedEntry[];

  /** Index of the first entry that is kept. */
  readonly firstIndex: number;

  /** Index of the last entry, durable or not yet; `firstIndex - 1` if there is none. */
  readonly lastIndex: number;

  /** Index of the last entry that is durable and not about to be replaced. */
  readonly durableIndex: number;

  /**
   * The term of an entry, or of the one before `firstIndex`. Undefined outside of those, and for a
   * damaged entry whose term is not known. O(1).
   */
  termAt(logIndex: number): number | undefined;

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
  append(batch: LogBatch): Promise<void>;

  /**
   * Entries from `fromIndex` to `toIndex`, both included, or as many as take `maxBytes` on disk,
   * with 32 bytes for each besides its payload; at least one. The caller owns them; payloads that
   * were read together share memory, so copy those of which you keep few for long.
   *
   * @throws RangeError if the range does not lie within `firstIndex..lastIndex`, or a compaction
   *   forgets a part of it before it is read. LogDamagedError if one of the entries is damaged,
   *   DiskError if the disk cannot be read.
   */
  read(fromIndex: number, toIndex: number, maxBytes?: number): Promise<readonly LogEntry[]>;

  /**
   * All entries from `firstIndex` to what is `lastIndex` at the time of the call, in pieces of
   * about 1 MiB.
   *
   * @throws LogDamagedError on reaching a damaged entry. What is behind it can be had by `read`.
   */
  entries(): AsyncIterable<readonly LogEntry[]>;

  /**
   * Forgets the entries up to and including `throughIndex`, and removes the segments that hold no
   * others. Its term stays known. Without effect if they are forgotten already.
   *
   * @throws RangeError if `throughIndex` is above `lastIndex`. LogDamagedError if its term is lost.
   *   Else like `append`; and DiskError if old segments could not be removed, which the next
   *   compaction or `open` tries again.
   */
  compact(throughIndex: number): Promise<void>;

  /**
   * Replaces the whole log by an empty one that begins behind `lastIncludedIndex`: what to do after
   * a snapshot was installed.
   *
   * @throws RangeError or TypeError if an argument is out of its range. Else like `compact`.
   */
  reset(lastIncludedIndex: number, lastIncludedTerm: number, metadata?: Uint8Array): Promise<void>;
  /** Waits for what was submitted, then releases the log. Idempotent. */
  close(): Promise<void>;
}
