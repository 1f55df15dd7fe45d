import { expectPrefix, expectRevision } from '../limits.ts';
import type { Changes } from '../change-log.ts';
import type { KeyValueMachine } from '../key-value-machine.ts';

/** About how many changes one batch has. */
const BATCH_COUNT = 256;

/** What to watch. */
export interface WatchOptions {
  /** Only keys that begin with it. All by default. */
  readonly prefix?: string;
  /** The first change of interest. By default whatever comes after what is applied now. */
  readonly fromRevision?: number;
  /** Aborting it ends the watch. */
  readonly signal?: AbortSignal;
}

/** What a watch tells: changes, at least one, or that some are forgotten. */
export type WatchBatch = Changes;

/** Where a watch waits. */
interface Wakes {
  isClosed(): boolean;
  /** Calls `wake` once, at the next change or close. Returns what keeps it from being called. */
  changed(wake: () => void): () => void;
}

/**
 * The changes of `machine` from a revision on. Nothing is queued for a watch: it reads the changes
 * that the store remembers when its consumer asks, so a slow one costs no memory, and is told when
 * it was too slow.
 *
 * @throws RangeError if the prefix is too long or the revision is no integer of at least 1.
 */
export function watchChanges(
  machine: Pick<KeyValueMachine, 'changesFrom' | 'revision'>,
  options: WatchOptions,
  wakes: Wakes,
): AsyncIterableIterator<WatchBatch> {
  const { prefix = '', fromRevision = machine.revision + 1, signal } = options;
  expectPrefix(prefix);
  expectRevision(fromRevision, 1);
  return batches(machine, { prefix, fromRevision, signal }, wakes);
}

async function* batches(
  machine: Pick<KeyValueMachine, 'changesFrom'>,
  watch: {
    readonly prefix: string;
    readonly fromRevision: number;
    readonly signal: AbortSignal | undefined;
  },
  wakes: Wakes,
): AsyncGenerator<WatchBatch, void, undefined> {
  const { prefix, signal } = watch;
  let revision = watch.fromRevision;
  while (!wakes.isClosed() && signal?.aborted !== true) {
    const found = machine.changesFrom(revision, prefix, BATCH_COUNT);
    if (found.kind === 'compacted') {
      yield found;
      return;
    }
    revision = found.nextRevision;
    if (found.changes.length > 0) yield found;
    else await nextChange(wakes, signal);
  }
}

function nextChange(wakes: Wakes, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const stop = wakes.changed(finish);
    signal?.addEventListener('abort', finish);
    function finish(): void {
      stop();
      signal?.removeEventListener('abort', finish);
      resolve();
    }
  });
}
