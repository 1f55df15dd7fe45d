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
import { CommitQueue } from './commit-queue.ts';
import { isDiskFull } from './errors.ts';
import type { LogEntry } from './log-entry.ts';

/** The requests of one log on their way to the disk. */
export interface Commits {
  /** The log with everything that was submitted. */
  readonly bounds: LogBounds;
  /** Why nothing is accepted any more. */
  readonly failure: Error | undefined;
  /** The first index that is only pending, or replaced by a pending one. */
  readonly pendingFrom: number;
  /** The entry with this index that is not durable yet. */
  pendingEntry(logIndex: number): LogEntry | undefined;
  /** Resolves once `request`, and all before it, are durable. Effective in `bounds` at once. */
  submit(request: LogRequest): Promise<void>;
}

/** Merges requests into batches and writes one batch at a time, in order. */
export class GroupCommit implements Commits {
  readonly #durable: () => LogBounds;
  readonly #queue: CommitQueue<BatchBuilder>;

  /**
   * @param durable - The log as far as it is durable.
   * @param write - Makes a batch durable. Never called before the call before has settled.
   */
  constructor(durable: () => LogBounds, write: (batch: BatchBuilder) => Promise<void>) {
    this.#durable = durable;
    this.#queue = new CommitQueue({
      create: () => new BatchBuilder(this.bounds),
      write,
      isHarmless: isDiskFull,
    });
  }

  get bounds(): LogBounds {
    return this.#queue.waiting.at(-1)?.batch ?? this.#durable();
  }

  get failure(): Error | undefined {
    return this.#queue.failure;
  }

  get pendingFrom(): number {
    const { lastIndex } = this.#durable();
    const from = (lowest: number, { batch }: { readonly batch: BatchBuilder }): number =>
      Math.min(lowest, batch.fromIndex);
    return this.#queue.waiting.reduce(from, lastIndex + 1);
  }

  pendingEntry(logIndex: number): LogEntry | undefined {
    const found = this.#queue.waiting.findLast(({ batch }) => batch.fromIndex <= logIndex);
    return found?.batch.entries[logIndex - found.batch.fromIndex];
  }

  submit(request: LogRequest): Promise<void> {
    return this.#queue.submit((batch) => {
      batch.add(request);
    });
  }

  /** Once nothing is being written. */
  idle(): Promise<void> {
    return this.#queue.idle();
  }

  /** Accepts nothing more. */
  stop(reason: Error): void {
    this.#queue.stop(reason);
  }
}
