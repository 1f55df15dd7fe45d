import { UNIT_BYTES } from './log-format.ts';
import { LogDamagedError } from './errors.ts';
import type { Commits } from './group-commit.ts';
import type { LogContent } from './log-content.ts';
import type { DamagedEntry, LogBatch, LogEntry } from './log-entry.ts';
import { checkBatch, checkInteger, checkMetadata } from './log-options.ts';
import {
  BoundedRead,
  type EntryRun,
  type Numbering,
  type ReadRun,
  readRun,
  runBytes,
  runFrom,
} from './log-reader.ts';
import type { LogRecovery, LogStore } from './log-store.ts';
import type { ReadTracker } from './read-tracker.ts';
import type { SegmentFiles } from './segment-files.ts';

/** Entries streamed at a time. */
const STREAM_BYTES = 1_024 * 1_024;

/** What a log that is open consists of. */
interface StoredLogParts {
  readonly recovery: Omit<LogRecovery, 'damaged'>;
  readonly files: SegmentFiles;
  readonly content: LogContent;
  readonly commits: Commits;
  /** What the entries are numbered by, on disk. */
  readonly numbering: Numbering;
  readonly reads: ReadTracker;
  /** Gives back what holds compacted entries only. */
  readonly release: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** A log that is open: answers from what is durable and from what is on its way. */
export class StoredLog implements LogStore {
  readonly recovery: LogRecovery;
  readonly #files: SegmentFiles;
  readonly #content: LogContent;
  readonly #commits: Commits;
  readonly #numbering: Numbering;
  readonly #reads: ReadTracker;
  readonly #release: () => Promise<void>;
  readonly #close: () => Promise<void>;
  #closing: Promise<void> | undefined;

  constructor(parts: StoredLogParts) {
    this.#files = parts.files;
    this.#content = parts.content;
    this.#commits = parts.commits;
    this.#numbering = parts.numbering;
    this.#reads = parts.reads;
    this.#release = parts.release;
    this.#close = parts.close;
    this.recovery = { ...parts.recovery, damaged: this.damaged };
  }

  get damaged(): readonly DamagedEntry[] {
    return this.#content.damage.entries((logIndex) => this.#content.index.termAt(logIndex));
  }

  get firstIndex(): number {
    return this.#commits.bounds.compactedIndex + 1;
  }

  get lastIndex(): number {
    return this.#commits.bounds.lastIndex;
  }

  get durableIndex(): number {
    return this.#commits.pendingFrom - 1;
  }

  termAt(logIndex: number): number | undefined {
    const { compactedIndex, compactedTerm, lastIndex } = this.#commits.bounds;
    if (logIndex === compactedIndex) return compactedTerm;
    if (!(logIndex > compactedIndex && logIndex <= lastIndex)) return undefined;
    return this.#commits.pendingEntry(logIndex)?.term ?? this.#content.index.termAt(logIndex);
  }

  async append(batch: LogBatch): Promise<void> {
    this.#requireUsable();
    checkBatch(batch, this);
    const { truncateFrom, entries } = batch;
    const metadata = batch.metadata?.slice();
    return this.#commits.submit({ kind: 'append', truncateFrom, entries, metadata });
  }

  read(
    fromIndex: number,
    toIndex: number,
    maxBytes: number = Number.POSITIVE_INFINITY,
  ): Promise<readonly LogEntry[]> {
    return this.#reads.track(this.#read(fromIndex, toIndex, maxBytes));
  }

  async #read(fromIndex: number, toIndex: number, maxBytes: number): Promise<readonly LogEntry[]> {
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

  async *entries(): AsyncIterable<readonly LogEntry[]> {
    const { firstIndex, lastIndex } = this;
    for (let fromIndex = firstIndex; fromIndex <= lastIndex;) {
      const piece = await this.read(fromIndex, lastIndex, STREAM_BYTES);
      fromIndex += piece.length;
      yield piece;
    }
  }

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
    await this.#release();
  }

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
    await this.#release();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  #requireUsable(): void {
    if (this.#commits.failure !== undefined) throw this.#commits.failure;
  }

  /** Where the entries lie, in runs that are read at once, up to about `maxBytes`. */
  #runs(fromIndex: number, toIndex: number, maxBytes: number): readonly EntryRun[] {
    const runs: EntryRun[] = [];
    let budget = maxBytes;
    for (let next = fromIndex; next <= toIndex && (budget > 0 || runs.length === 0);) {
      const sequence = this.#content.segments.of(next);
      const end = Math.min(toIndex, this.#content.segments.endOf(sequence, toIndex) - 1);
      const run = runFrom(
        sequence,
        next,
        end,
        (logIndex) => this.#content.index.unitAt(logIndex),
        budget,
      );
      runs.push(run);
      next += run.units.length;
      budget -= runBytes(run);
      if (this.#content.damage.find(run.fromIndex, next - 1) !== undefined) {
        throw this.#damagedError(run.fromIndex, next - 1);
      }
    }
    return runs;
  }

  async #readRun(run: EntryRun): Promise<readonly LogEntry[]> {
    const { fromIndex, sequence } = run;
    let found: ReadRun;
    try {
      found = await this.#files.use(sequence, (file) => readRun(file, run, this.#numbering));
    } catch (error) {
      // A compaction that came in between has removed the segment.
      checkRange(fromIndex, Math.max(fromIndex, this.lastIndex), this);
      throw error;
    }
    const { entries, damaged } = found;
    if (damaged === undefined) return entries;
    const { logIndex, offset } = damaged;
    const isCurrent = this.#content.index.unitAt(logIndex) * UNIT_BYTES === offset;
    const path = this.#files.pathOf(sequence);
    const reason = 'its bytes were damaged while the log was open';
    const range = { fromIndex: logIndex, toIndex: logIndex, path, offset, reason };
    if (isCurrent) this.#content.damage.add(range);
    const term = this.#content.index.termAt(logIndex);
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
