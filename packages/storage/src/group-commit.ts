/*
 * Group commit: one sync for all who wait.
 *
 * A sync takes as long for one record as for a hundred. So while one is under way, calls gather,
 * and the next write takes them all. A single caller in a loop waits for each sync, sixty-four
 * concurrent ones share it, and nobody has to choose a batch size or a delay.
 *
 * Source: DeWitt et al., "Implementation techniques for main memory database systems", SIGMOD 1984.
 */
import { BatchBuilder, type LogBounds, type LogRequest } from './batch-builder.ts';
import { DiskError } from './errors.ts';
import type { LogEntry } from './log-entry.ts';

/** A batch that has grown to this size takes no more requests. */
const BATCH_BYTES_WANTED = 4 * 1_024 * 1_024;

interface Group {
  readonly batch: BatchBuilder;
  readonly waiters: { resolve: () => void; reject: (error: Error) => void }[];
}

/** Merges requests into batches and writes one batch at a time, in order. */
export class GroupCommit {
  readonly #durable: () => LogBounds;
  readonly #write: (batch: BatchBuilder) => Promise<void>;
  /** In order of submission. */
  #groups: Group[] = [];
  /** The one being written: always the first. */
  #inFlight: Group | undefined;
  #writing: Promise<void> | undefined;
  #failure: Error | undefined;

  /**
   * @param durable - The log as far as it is durable.
   * @param write - Makes a batch durable. Never called before the call before has settled.
   */
  constructor(durable: () => LogBounds, write: (batch: BatchBuilder) => Promise<void>) {
    this.#durable = durable;
    this.#write = write;
  }

  /** The log with everything that was submitted. */
  get bounds(): LogBounds {
    return this.#groups.at(-1)?.batch ?? this.#durable();
  }

  /** Why nothing is accepted any more. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** The first index that is only pending, or replaced by a pending one. */
  get pendingFrom(): number {
    const { lastIndex } = this.#durable();
    return this.#groups.reduce((from, { batch }) => Math.min(from, batch.fromIndex), lastIndex + 1);
  }

  /** The entry with this index that is not durable yet. */
  pendingEntry(logIndex: number): LogEntry | undefined {
    const group = this.#groups.findLast(({ batch }) => batch.fromIndex <= logIndex);
    return group?.batch.entries[logIndex - group.batch.fromIndex];
  }

  /** Resolves once `request`, and all before it, are durable. Effective in `bounds` at once. */
  submit(request: LogRequest): Promise<void> {
    const group = this.#openGroup();
    group.batch.add(request);
    const settled = new Promise<void>((resolve, reject) => {
      group.waiters.push({ resolve, reject });
    });
    this.#writing ??= this.#writeAll();
    return settled;
  }

  /** Once nothing is being written. */
  async idle(): Promise<void> {
    await this.#writing;
  }

  /** Accepts nothing more. */
  stop(reason: Error): void {
    this.#failure ??= reason;
  }

  #openGroup(): Group {
    const newest = this.#groups.at(-1);
    const isOpen = newest !== this.#inFlight && (newest?.batch.sizeBytes ?? 0) < BATCH_BYTES_WANTED;
    if (newest !== undefined && isOpen) return newest;
    const group: Group = { batch: new BatchBuilder(this.bounds), waiters: [] };
    this.#groups.push(group);
    return group;
  }

  async #writeAll(): Promise<void> {
    // The calls of one turn share the first batch, too.
    await Promise.resolve();
    for (let group = this.#groups[0]; group !== undefined; group = this.#groups[0]) {
      this.#inFlight = group;
      try {
        if (!group.batch.isEmpty) await this.#write(group.batch);
        this.#groups.shift();
        for (const { resolve } of group.waiters) resolve();
      } catch (error) {
        this.#rejectAll(
          error instanceof Error ? error : new Error('write failed', { cause: error }),
        );
      }
    }
    this.#inFlight = undefined;
    this.#writing = undefined;
  }

  /** Everything that waits builds on the batch that failed. */
  #rejectAll(error: Error): void {
    if (!(error instanceof DiskError && error.code === 'DISK_FULL')) this.#failure ??= error;
    const groups = this.#groups;
    this.#groups = [];
    for (const { waiters } of groups) for (const { reject } of waiters) reject(error);
  }
}
