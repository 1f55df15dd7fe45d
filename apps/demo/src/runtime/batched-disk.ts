/**
 * A disk that says it has synced before it has, and does so soon after: `--fsync batch`.
 *
 * A process that is killed loses nothing, as the system has all that was written. A machine that
 * loses power forgets what was written in the last interval, though it was confirmed; and as the
 * disk may have written later parts before earlier ones, a log may be damaged at its end. Whoever
 * keeps two copies on two machines that do not lose power together may find that a fair price for
 * not waiting. Renames, and what was written before them, are synced at once: files that are put
 * in the place of others are whole or not there.
 */
import { type Disk, DiskError, type DiskFile, type OpenOptions } from '@quorate/storage';
import type { Clock } from '@quorate/transport';

/** How long a sync may be put off, in ms. */
export const SYNC_EVERY_MS = 100;

interface OpenFile {
  readonly path: string;
  readonly file: DiskFile;
  isDirty: boolean;
  /** A sync that failed takes the file with it, as the port says. */
  failure: DiskError | undefined;
}

/** Puts syncs off, and does many as one. */
export class BatchedDisk implements Disk {
  readonly #inner: Disk;
  readonly #clock: Clock;
  readonly #open = new Set<OpenFile>();
  #isDue = false;

  constructor(inner: Disk, clock: Clock) {
    this.#inner = inner;
    this.#clock = clock;
  }

  async open(path: string, options?: OpenOptions): Promise<DiskFile> {
    const file = await this.#inner.open(path, options);
    const opened: OpenFile = { path, file, isDirty: false, failure: undefined };
    this.#open.add(opened);
    const sound = (): DiskFile => {
      if (opened.failure !== undefined) throw opened.failure;
      return file;
    };
    return {
      sizeBytes: async () => sound().sizeBytes(),
      read: async (offset, target) => sound().read(offset, target),
      write: async (offset, bytes) => sound().write(offset, bytes),
      truncate: async (sizeBytes) => sound().truncate(sizeBytes),
      sync: async () => {
        sound();
        opened.isDirty = true;
        this.#syncSoon();
        return Promise.resolve();
      },
      close: async () => {
        await this.#sync(opened);
        this.#open.delete(opened);
        await file.close();
      },
    };
  }

  list(directory: string): Promise<readonly string[]> {
    return this.#inner.list(directory);
  }

  createDirectory(directory: string): Promise<void> {
    return this.#inner.createDirectory(directory);
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#syncAll();
    await this.#inner.rename(from, to);
  }

  remove(path: string): Promise<void> {
    return this.#inner.remove(path);
  }

  async syncDirectory(directory: string): Promise<void> {
    await this.#inner.syncDirectory(directory);
  }

  #syncSoon(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    this.#clock.setTimer(SYNC_EVERY_MS, () => {
      this.#isDue = false;
      void this.#syncAll();
    });
  }

  async #syncAll(): Promise<void> {
    await Promise.all([...this.#open].map((opened) => this.#sync(opened)));
  }

  async #sync(opened: OpenFile): Promise<void> {
    if (!opened.isDirty) return;
    opened.isDirty = false;
    try {
      await opened.file.sync();
    } catch (cause) {
      const reason = 'a sync that was put off has failed: what is on the disk is not known';
      opened.failure = new DiskError('DISK_POISONED', opened.path, reason, { cause });
    }
  }
}
