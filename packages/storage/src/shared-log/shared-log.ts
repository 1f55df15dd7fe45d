/*
 * One log on disk for many groups.
 *
 * A process that takes part in a hundred replicated groups with a log each would sync a hundred
 * files to make one round of appends durable, and a disk does some hundred syncs a second. So all
 * groups append to one physical log: what they ask for while a sync is under way goes out in one
 * batch and becomes durable with the next sync, whoever asked (`shared-batch.ts`,
 * `group-section.ts`). Each group sees a log of its own (`stored-log.ts`).
 *
 * The price is paid at the other end. A segment can go only when no group needs any of it, and one
 * that is idle would keep everything written since. So two things are written anew at the head:
 *
 *   every group's state, once in each segment, so that nobody needs an older one for it;
 *   what a group still has in the oldest segment, once less than half of the log is in use.
 *
 * To write entries anew is an ordinary append that replaces all of the group's entries by
 * themselves: it happens or it does not, and a crash at any moment finds them once.
 *
 *     segment 1             segment 2             segment 3
 *     | a a b a a c a a |   | s a a a a a a a |   | s b c a a a …
 *           ▲     ▲                                   ▲ ▲
 *           └─────┴── all that is in use, once a is compacted: written anew, segments 1 and 2 go
 *
 * Sources: TiKV's raft-engine (purge, rewrite of what lags) and dragonboat's tan for the idea;
 * O'Neil et al. 1996 and Rosenblum and Ousterhout 1991 for why a half is a good place to begin.
 */
import { CommitQueue } from '../commit-queue.ts';
import { createDurableDirectory } from '../durable-directory.ts';
import { DiskError, isDiskFull, LogDamagedError, LogError } from '../errors.ts';
import { segmentBytesOf, type WriteAheadLogOptions } from '../log-options.ts';
import type { LogBlemish } from '../log-recovery.ts';
import { type LogState, stateAfter } from '../log-state.ts';
import type { LogStore } from '../log-store.ts';
import type { LogWriter } from '../log-writer.ts';
import { openWriter } from '../open-writer.ts';
import { ReadTracker } from '../read-tracker.ts';
import { SegmentFiles } from '../segment-files.ts';
import { StoredLog } from '../stored-log.ts';
import type { BatchBuilder } from '../batch-builder.ts';
import { boundsOf, GroupCommits } from './group-commits.ts';
import { checkGroupId } from './group-id.ts';
import { type GroupRecord, liveBytes, newGroup } from './group-record.ts';
import { SharedBatch } from './shared-batch.ts';
import { type SegmentEnd, SharedRecovery } from './shared-recovery.ts';

/** Largest group that is written anew at once. */
const RELOCATED_BYTES_MAX = 8 * 1_024 * 1_024;

/** About what a group takes in a segment without any entries. */
const STATE_BYTES = 512;

/** What `SharedLog.open` found, besides the groups. */
export interface SharedLogRecovery {
  /** Bytes of a last batch that a crash cut short. Nobody was told that it was durable. */
  readonly droppedTailBytes: number;
  /** Damage that lost nothing, but says that the disk is not to be trusted. */
  readonly blemishes: readonly LogBlemish[];
}

/**
 * A log on disk that many groups share: one write and one sync for all that append meanwhile.
 *
 * @remarks
 * Each group has what a `WriteAheadLog` has, with the same promises, told apart group by group. A
 * full or failed disk is full or failed for all. Memory: 4 bytes an entry, as for one log, and
 * about two kilobytes for each group.
 *
 * @example
 * ```ts
 * import { SharedLog } from '@quorate/storage';
 * import { MemoryDisk } from '@quorate/storage/memory';
 *
 * const disk = new MemoryDisk();
 * const shared = await SharedLog.open({ disk, directory: 'log' });
 * const [red, blue] = [shared.openGroup('red'), shared.openGroup('blue')];
 * const entry = { logIndex: 1, term: 1, type: 0, payload: Uint8Array.of(7) };
 * await Promise.all([red.append({ entries: [entry] }), blue.append({ entries: [entry] })]);
 * shared.batchCount; // => 1
 * ```
 */
export class SharedLog {
  /** What `open` found. */
  readonly recovery: SharedLogRecovery;
  readonly #directory: string;
  readonly #files: SegmentFiles;
  readonly #writer: LogWriter;
  readonly #unlock: () => Promise<void>;
  readonly #queue: CommitQueue<SharedBatch>;
  readonly #groups: Map<string, GroupRecord>;
  readonly #open = new Map<string, GroupCommits>();
  readonly #reads = new ReadTracker();
  readonly #segments: SegmentEnd[];
  readonly #isIncomplete: boolean;
  /** Groups that certainly are no more, whatever was lost. */
  readonly #ended: Set<string>;
  #released: { readonly batch: number; readonly position: number };
  #toldBatch: number;
  #isReleaseDue = false;
  #releasing: Promise<void> = Promise.resolve();
  #cleaning: Promise<void> = Promise.resolve();
  #moving: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  private constructor(options: WriteAheadLogOptions, parts: SharedLogParts) {
    const { files, writer, unlock, recovery, found } = parts;
    this.#directory = options.directory;
    this.#files = files;
    this.#writer = writer;
    this.#unlock = unlock;
    this.recovery = recovery;
    this.#groups = new Map(found.groups().map((group) => [group.groupId, group]));
    this.#segments = found.segments;
    this.#isIncomplete = found.isIncomplete;
    this.#ended = found.endedGroups();
    this.#toldBatch = found.releasedBatch;
    this.#released = { batch: found.releasedBatch, position: writer.state.compactedIndex };
    this.#queue = new CommitQueue({
      create: () => new SharedBatch(),
      write: (batch) => this.#write(batch),
      isHarmless: isDiskFull,
    });
  }

  /**
   * Opens the log in `directory`, or begins an empty one.
   *
   * @throws RangeError if an option is out of its range. DiskError 'DISK_LOCKED' if the log is open
   *   elsewhere, or another one if the disk refuses. LogDamagedError if not even a mark is left of
   *   the last batch. LogError 'LOG_UNSUPPORTED' for a format of a later version.
   *
   * @remarks
   * O(bytes of the log) time; one window of 1 MiB and the index in memory.
   */
  static async open(options: WriteAheadLogOptions): Promise<SharedLog> {
    const { disk, directory } = options;
    const segmentBytes = segmentBytesOf(options);
    await createDurableDirectory(disk, directory);
    const unlock = (await disk.lock?.(directory)) ?? (() => Promise.resolve());
    const files = new SegmentFiles(disk, directory);
    try {
      const found = new SharedRecovery();
      const { recovered, writer } = await openWriter(files, segmentBytes, found);
      const { droppedTailBytes, blemishes } = recovered;
      const recovery = { droppedTailBytes, blemishes };
      const log = new SharedLog(options, { files, writer, unlock, recovery, found });
      log.#removeReleased();
      return log;
    } catch (error) {
      await files.close();
      await unlock();
      throw error;
    }
  }

  /** The groups of which something is durable, sorted. */
  get groupIds(): readonly string[] {
    const known = [...this.#groups.values()].filter(({ segment }) => segment > 0);
    return known.map(({ groupId }) => groupId).sort();
  }

  /** Batches written, ever: one write and one sync each. */
  get batchCount(): number {
    return this.#writer.state.metadataVersion;
  }

  /**
   * The log of one group, empty if the group is new. It is closed on its own, or with all others.
   *
   * @param groupId - 1 to 64 letters, digits, `_`, `-` and `.`, not beginning with a dot.
   * @throws RangeError if the id is none. DiskError 'DISK_LOCKED' if the group is open already.
   *   LogError 'LOG_CLOSED' or 'LOG_POISONED'. LogDamagedError if something of the group was lost,
   *   or may have been, that cannot be named entry by entry: it must begin anew elsewhere, after
   *   `removeGroup`.
   */
  openGroup(groupId: string): LogStore {
    const group = this.#requireGroup(groupId);
    const commits = new GroupCommits(this.#queue, group);
    this.#open.set(groupId, commits);
    return this.#viewOf(group, commits, async () => {
      await commits.stop(closedError());
      if (this.#open.get(groupId) === commits) this.#open.delete(groupId);
    });
  }

  /**
   * Forgets a group that is not open, durably. Without effect if there is none.
   *
   * @throws DiskError 'DISK_LOCKED' if the group is open. Else like `LogStore.append`.
   */
  async removeGroup(groupId: string): Promise<void> {
    if (this.#queue.failure !== undefined) throw this.#queue.failure;
    checkGroupId(groupId);
    if (this.#open.has(groupId)) throw this.#lockedError(groupId);
    const isDoubtful = this.#doubtOfNew(groupId) !== undefined;
    const group = this.#groups.get(groupId) ?? (isDoubtful ? newGroup(groupId) : undefined);
    if (group === undefined) return;
    await this.#queue.submit((batch) => {
      batch.remove(group, boundsOf(this.#queue, group));
    });
  }

  /** Waits for what was submitted, then releases all files and the folder. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#queue.stop(closedError());
    await this.#queue.idle();
    await this.#moving;
    await this.#cleaning;
    await this.#writer.close();
    await this.#files.close();
    await this.#unlock();
  }

  #requireGroup(groupId: string): GroupRecord {
    if (this.#queue.failure !== undefined) throw this.#queue.failure;
    checkGroupId(groupId);
    if (this.#open.has(groupId)) throw this.#lockedError(groupId);
    const known = this.#groups.get(groupId);
    const doubt = known === undefined ? this.#doubtOfNew(groupId) : known.doubt;
    if (doubt !== undefined) throw this.#doubtError(groupId, known, doubt);
    const group = known ?? newGroup(groupId);
    this.#groups.set(groupId, group);
    return group;
  }

  #doubtOfNew(groupId: string): string | undefined {
    if (!this.#isIncomplete || this.#ended.has(groupId)) return undefined;
    return 'batches were lost that may have told of it: whether it is new cannot be known';
  }

  #doubtError(groupId: string, group: GroupRecord | undefined, doubt: string): LogDamagedError {
    const { damage, index } = group?.content ?? {};
    const damaged = damage?.entries((logIndex) => index?.termAt(logIndex)) ?? [];
    return new LogDamagedError(damaged, `group ${groupId}: ${doubt}`);
  }

  #lockedError(groupId: string): DiskError {
    return new DiskError('DISK_LOCKED', this.#directory, `group ${groupId} is open already`);
  }

  #viewOf(group: GroupRecord, commits: GroupCommits, close: () => Promise<void>): StoredLog {
    return new StoredLog({
      recovery: { ...this.recovery, metadata: group.state.metadata?.slice() },
      files: this.#files,
      content: group.content,
      commits,
      numbering: 'position',
      reads: this.#reads,
      release: () => this.#whenReleased(),
      close,
    });
  }

  async #write(batch: SharedBatch): Promise<void> {
    const writer = this.#writer;
    const { batch: releasedBatch, position: releasedPosition } = this.#released;
    const parts = batch.parts;
    const plan = batch.planAt(writer.state.lastIndex + 1, {
      releasedBatch,
      releasedPosition,
      segment: writer.sequence,
      mayBeginSegment: writer.mayBeginSegment(batch.sizeBytesMax),
    });
    const { units, newSegment } = await writer.write(plan);
    this.#noteEnd();
    let position = 0;
    for (const [group, part] of parts) {
      const end = position + part.entries.length;
      if (batch.isRemoved(group)) this.#forget(group);
      else this.#apply(group, part, units.subarray(position, end));
      position = end;
    }
    this.#toldBatch = releasedBatch;
    if (this.#isReleaseDue) this.#findReleasable();
    this.#removeReleased();
    if (newSegment !== undefined && this.#segments.length > 1) this.#tidy();
  }

  #noteEnd(): void {
    const { sequence, segmentEnd: endBytes, state } = this.#writer;
    const end = { lastBatch: state.metadataVersion, lastPosition: state.lastIndex, endBytes };
    const newest = this.#segments.at(-1);
    if (newest?.sequence === sequence) Object.assign(newest, end);
    else this.#segments.push({ sequence, ...end });
  }

  #forget(group: GroupRecord): void {
    if (this.#groups.get(group.groupId) === group) this.#groups.delete(group.groupId);
    this.#ended.add(group.groupId);
    this.#isReleaseDue = true;
  }

  #apply(group: GroupRecord, part: BatchBuilder, units: Uint32Array): void {
    const { sequence } = this.#writer;
    const isFirstInSegment = group.segment !== sequence;
    const { segments } = group.content;
    const oldest = segments.oldest;
    group.content.apply(part, units, isFirstInSegment ? sequence : undefined);
    group.state = stateOf(group.state, part, { isFirstInSegment });
    group.segment = sequence;
    group.writtenCount += part.entries.length;
    group.writtenBytes += part.entriesBytes;
    segments.takeDead(part.compactedIndex);
    if (oldest !== segments.oldest) this.#isReleaseDue = true;
  }

  /** Finds the segments that nobody needs, and sees to it that this is on disk before they go. */
  #findReleasable(): void {
    this.#isReleaseDue = false;
    const needed = this.#oldestNeeded();
    const released = this.#segments.findLast(({ sequence }) => sequence < needed);
    if (released === undefined || released.lastBatch <= this.#released.batch) return;
    this.#released = { batch: released.lastBatch, position: released.lastPosition };
    const isOnItsWay = this.#queue.waiting.length > 1;
    if (!isOnItsWay) {
      const release = (batch: SharedBatch): void => {
        batch.release();
      };
      this.#releasing = this.#queue.submit(release).catch(() => undefined);
    }
  }

  #oldestNeeded(): number {
    let needed = this.#writer.sequence;
    for (const { content, segment } of this.#groups.values()) {
      if (segment > 0) needed = Math.min(needed, content.segments.oldest ?? segment);
    }
    return needed;
  }

  /** Once what is not needed any more is gone. */
  async #whenReleased(): Promise<void> {
    await this.#releasing;
    await this.#cleaning;
  }

  #removeReleased(): void {
    const count = this.#segments.findIndex(({ lastBatch }) => lastBatch > this.#toldBatch);
    if (count <= 0) return;
    const dead = this.#segments.splice(0, count).map(({ sequence }) => sequence);
    // Whoever reads keeps what it has looked up; what is asked from now on is elsewhere.
    const unread = this.#reads.settled();
    this.#cleaning = this.#cleaning
      .then(() => unread)
      .then(() => this.#files.remove(dead))
      // They go when the log is opened the next time.
      .catch(() => undefined);
  }

  /** After a new segment began: brings there what keeps the old ones. */
  #tidy(): void {
    const restated: Promise<void>[] = [];
    for (const group of this.#groups.values()) {
      if (group.segment === 0 || group.segment === this.#writer.sequence) continue;
      if (group.doubt !== undefined) continue;
      const restate = (batch: SharedBatch): void => {
        batch.restate(group, boundsOf(this.#queue, group));
      };
      restated.push(this.#queue.submit(restate));
    }
    // Nobody waits: what fails here is tried again with the next segment.
    this.#moving ??= Promise.all(restated)
      .then(() => this.#moveLagging())
      .catch(() => undefined)
      .finally(() => (this.#moving = undefined));
    for (const promise of restated) promise.catch(() => undefined);
  }

  /** Segment by segment, as long as most of the log is not in use. */
  async #moveLagging(): Promise<void> {
    let before = 0;
    for (;;) {
      const oldest = this.#oldestNeeded();
      const isDone = oldest === before || oldest === this.#writer.sequence;
      if (isDone || !this.#isMostlyDead()) return;
      for (const group of [...this.#groups.values()]) {
        const isHere = group.content.segments.oldest === oldest;
        if (isHere && this.#queue.failure === undefined) await this.#moveToHead(group);
      }
      before = oldest;
    }
  }

  #isMostlyDead(): boolean {
    const total = this.#segments.reduce((sum, { endBytes }) => sum + endBytes, 0);
    let live = 0;
    for (const group of this.#groups.values()) live += liveBytes(group) + STATE_BYTES;
    return live < total / 2;
  }

  /** Appends the group's entries once more in place of themselves, unless it is busy. */
  async #moveToHead(group: GroupRecord): Promise<void> {
    const { doubt, content, requestCount } = group;
    const { compactedIndex, lastIndex } = group.state;
    const truncateFrom = compactedIndex + 1;
    const isMovable = doubt === undefined && lastIndex >= truncateFrom;
    if (!isMovable || liveBytes(group) > RELOCATED_BYTES_MAX) return;
    if (content.damage.find(truncateFrom, lastIndex) !== undefined) return;
    const commits = new GroupCommits(this.#queue, group);
    if (boundsOf(this.#queue, group) !== group.state) return;
    const view = this.#viewOf(group, commits, () => Promise.resolve());
    const entries = await view.read(truncateFrom, lastIndex);
    const isBusy = group.requestCount !== requestCount || this.#groups.get(group.groupId) !== group;
    if (isBusy || this.#queue.failure !== undefined) return;
    await commits.submit({ kind: 'append', truncateFrom, entries, metadata: undefined });
  }
}

interface SharedLogParts {
  readonly files: SegmentFiles;
  readonly writer: LogWriter;
  readonly unlock: () => Promise<void>;
  readonly recovery: SharedLogRecovery;
  readonly found: SharedRecovery;
}

function stateOf(
  before: LogState,
  part: BatchBuilder,
  { isFirstInSegment }: { readonly isFirstInSegment: boolean },
): LogState {
  const { metadata, fromIndex, compactedIndex, compactedTerm } = part;
  const { lastIndex: previousLastIndex, truncationCount, lowestTruncation } = before;
  const metadataVersion = before.metadataVersion + (metadata === undefined ? 0 : 1);
  const mark = {
    fromIndex,
    entryCount: part.entries.length,
    metadataBytes: metadata?.length,
    compactedIndex,
    compactedTerm,
    previousLastIndex,
    truncationCount,
    lowestTruncation,
    metadataVersion,
  };
  return stateAfter(before, mark, { metadata, chain: 0, isFirstInSegment });
}

function closedError(): LogError {
  return new LogError('LOG_CLOSED', 'the log is closed');
}
