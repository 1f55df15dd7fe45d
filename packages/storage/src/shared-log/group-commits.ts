import type { LogBounds, LogRequest } from '../batch-builder.ts';
import type { CommitQueue } from '../commit-queue.ts';
import type { Commits } from '../group-commit.ts';
import type { LogEntry } from '../log-entry.ts';
import type { GroupRecord } from './group-record.ts';
import type { SharedBatch } from './shared-batch.ts';

/** The requests of one group, on their way to the disk together with those of the others. */
export class GroupCommits implements Commits {
  readonly #queue: CommitQueue<SharedBatch>;
  readonly #group: GroupRecord;
  #closed: Error | undefined;
  #newest: Promise<void> | undefined;

  constructor(queue: CommitQueue<SharedBatch>, group: GroupRecord) {
    this.#queue = queue;
    this.#group = group;
  }

  get bounds(): LogBounds {
    return boundsOf(this.#queue, this.#group);
  }

  get failure(): Error | undefined {
    return this.#closed ?? this.#queue.failure;
  }

  get pendingFrom(): number {
    let from = this.#group.state.lastIndex + 1;
    for (const { batch } of this.#queue.waiting) {
      from = Math.min(from, batch.partOf(this.#group)?.fromIndex ?? from);
    }
    return from;
  }

  pendingEntry(logIndex: number): LogEntry | undefined {
    const { waiting } = this.#queue;
    for (let at = waiting.length - 1; at >= 0; at -= 1) {
      const part = waiting[at]?.batch.partOf(this.#group);
      if (part !== undefined && part.fromIndex <= logIndex) {
        return part.entries[logIndex - part.fromIndex];
      }
    }
    return undefined;
  }

  submit(request: LogRequest): Promise<void> {
    const group = this.#group;
    group.requestCount += 1;
    const settled = this.#queue.submit((batch) => {
      batch.add(group, this.bounds, request);
    });
    this.#newest = settled;
    return settled;
  }

  /** Accepts nothing more; resolves once what was submitted has settled. */
  async stop(reason: Error): Promise<void> {
    this.#closed ??= reason;
    await this.#newest?.catch(() => undefined);
  }
}

/** The group's log with everything that was submitted. */
export function boundsOf(queue: CommitQueue<SharedBatch>, group: GroupRecord): LogBounds {
  const { waiting } = queue;
  for (let at = waiting.length - 1; at >= 0; at -= 1) {
    const part = waiting[at]?.batch.partOf(group);
    if (part !== undefined) return part;
  }
  return group.state;
}
