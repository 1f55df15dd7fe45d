import {
  type Disk,
  DiskError,
  type LogEntry,
  type LogStore,
  type SnapshotHeader,
  SnapshotStore,
  type StoredSnapshot,
  WriteAheadLog,
} from '@quorate/storage';

import { CorruptBytesError } from '../errors.ts';
import { StoreFullError, type StoredReplica, type UpdateStore } from './update-store.ts';

/** Where a replica is kept. */
export interface DiskStoreOptions {
  readonly disk: Disk;
  /** A folder of the store's own. Made if missing. */
  readonly directory: string;
  /** Size of one file of the log, in bytes, 4 KiB to 1 GiB; 1 MiB by default. */
  readonly segmentBytes?: number;
  /**
   * A log to keep updates in, in place of one of the store's own in `directory`: a group of a
   * `SharedLog`, say, so that many replicas share each sync. Closed with the store.
   */
  readonly log?: LogStore;
  /**
   * What to do about updates that were durable and can no longer be read. 'refuse' (the default):
   * `load` rejects. 'skip': go on without them; peers that have them send them again, but what only
   * this node had is gone.
   */
  readonly damaged?: 'refuse' | 'skip';
}

const noMetadata = new Uint8Array(0);
const SEGMENT_BYTES = 1_024 * 1_024;
/** Every entry has the same. */
const TERM = 1;

/**
 * Keeps a replica on a disk: updates in a write-ahead log, snapshots beside it.
 *
 * @remarks
 * Two snapshots are kept, and the log since the older one, so that one that cannot be read costs
 * nothing. All updates that are appended while a sync is under way share the next one.
 */
export class DiskStore implements UpdateStore {
  readonly #log: LogStore;
  readonly #snapshots: Snapshots;
  readonly #damaged: 'refuse' | 'skip';
  /** What the newest snapshot stands for; 0 if there is none. */
  #snapshotIndex = 0;

  private constructor(log: LogStore, snapshots: Snapshots, damaged: 'refuse' | 'skip') {
    this.#log = log;
    this.#snapshots = snapshots;
    this.#damaged = damaged;
  }

  /**
   * Opens what is in `directory`, or begins anew.
   *
   * @throws What opening the log throws (as a rejection): RangeError for an option, DiskError if
   *   the disk refuses or somebody else has the folder, LogDamagedError.
   */
  static async open(options: DiskStoreOptions): Promise<DiskStore> {
    const { disk, directory, segmentBytes = SEGMENT_BYTES, damaged = 'refuse' } = options;
    const log =
      options.log ??
      (await WriteAheadLog.open({ disk, directory: `${directory}/log`, segmentBytes }));
    return new DiskStore(log, new Snapshots(disk, `${directory}/snapshots`), damaged);
  }

  /** Index of the last update in the log, durable or not yet. */
  get position(): number {
    return this.#log.lastIndex;
  }

  /** How many durable updates could not be read any more; see `damaged`. */
  get damagedCount(): number {
    return this.#log.damaged.length;
  }

  /**
   * What is there.
   *
   * @throws SnapshotError if there are snapshots and none can be read; LogDamagedError, also while
   *   the updates are read; CorruptBytesError if snapshot and log do not fit together.
   */
  async load(): Promise<StoredReplica> {
    const stored = await this.#snapshots.latest();
    this.#snapshotIndex = stored?.header.lastIncludedIndex ?? 0;
    if (this.#log.firstIndex > this.#snapshotIndex + 1) {
      const [first, last] = [this.#log.firstIndex, this.#snapshotIndex];
      throw new CorruptBytesError(
        `store: the log begins at ${first}, the snapshot ends at ${last}`,
      );
    }
    if (this.#log.lastIndex < this.#snapshotIndex) {
      // A disk that lied about the log. Numbers must not name other updates than the snapshot has.
      await this.#log.reset(this.#snapshotIndex, TERM);
    }
    return { snapshots: stored === undefined ? [] : [stored.data], updates: this.#updates() };
  }

  /** Keeps updates; see `UpdateStore.append`. */
  async append(updates: readonly Uint8Array[]): Promise<void> {
    const first = this.#log.lastIndex + 1;
    const entries = updates.map((payload, place): LogEntry => ({
      ...{ logIndex: first + place, term: TERM, type: 0, payload },
    }));
    await orFull(this.#log.append({ entries }));
  }

  /** Takes `bytes` for the updates up to `position`; see `UpdateStore.saveSnapshot`. */
  async saveSnapshot(bytes: Uint8Array, position: number): Promise<void> {
    if (position < this.#snapshotIndex) return;
    const header = { lastIncludedIndex: position, lastIncludedTerm: TERM, metadata: noMetadata };
    await orFull(this.#snapshots.save(header, bytes));
    const olderIndex = this.#snapshotIndex;
    this.#snapshotIndex = position;
    if (olderIndex >= this.#log.firstIndex) await orFull(this.#log.compact(olderIndex));
  }

  /** Waits for what was begun and lets go of the folder. */
  async close(): Promise<void> {
    await this.#log.close();
  }

  async *#updates(): AsyncGenerator<readonly Uint8Array[]> {
    const damaged = this.#damaged === 'skip' ? this.#log.damaged : [];
    const last = this.#log.lastIndex;
    let from = Math.max(this.#log.firstIndex, this.#snapshotIndex + 1);
    for (const { logIndex } of [...damaged, { logIndex: last + 1 }]) {
      while (from < logIndex) {
        const entries = await this.#log.read(from, logIndex - 1, SEGMENT_BYTES);
        yield entries.map(({ payload }) => payload);
        from += entries.length;
      }
      from = Math.max(from, logIndex + 1);
    }
  }
}

/** Snapshots in a folder that is made for the first of them: most replicas never need one. */
class Snapshots {
  readonly #disk: Disk;
  readonly #directory: string;
  #opening: Promise<SnapshotStore> | undefined;

  constructor(disk: Disk, directory: string) {
    this.#disk = disk;
    this.#directory = directory;
  }

  async latest(): Promise<StoredSnapshot | undefined> {
    return (await this.#isThere()) ? (await this.#open()).latest() : undefined;
  }

  async save(header: SnapshotHeader, bytes: Uint8Array): Promise<void> {
    await (await this.#open()).save(header, bytes);
  }

  #open(): Promise<SnapshotStore> {
    const opening =
      this.#opening ?? SnapshotStore.open({ disk: this.#disk, directory: this.#directory });
    this.#opening = opening;
    // A full disk may have room later.
    opening.catch(() => {
      this.#opening = undefined;
    });
    return opening;
  }

  async #isThere(): Promise<boolean> {
    try {
      await this.#disk.list(this.#directory);
      return true;
    } catch (error) {
      if (error instanceof DiskError && error.code === 'DISK_NOT_FOUND') return false;
      throw error;
    }
  }
}

async function orFull(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof DiskError) || error.code !== 'DISK_FULL') throw error;
    throw new StoreFullError(error.message);
  }
}
