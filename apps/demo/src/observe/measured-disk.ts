import type { Disk, DiskFile, OpenOptions } from '@quorate/storage';
import type { Clock } from '@quorate/transport';

import { BucketHistogram, secondsBounds } from './open-metrics.ts';

/** Passes everything on to a disk, and measures what a database pays for: its syncs. */
export class MeasuredDisk implements Disk {
  /** Seconds that successful syncs of files took. */
  readonly syncSeconds: BucketHistogram = new BucketHistogram(secondsBounds);
  /** There only if the disk below can lock. */
  readonly lock?: (directory: string) => Promise<() => Promise<void>>;
  readonly #inner: Disk;
  readonly #clock: Clock;
  #writtenBytes = 0;
  #failureCount = 0;

  constructor(inner: Disk, clock: Clock) {
    this.#inner = inner;
    this.#clock = clock;
    const lock = inner.lock?.bind(inner);
    if (lock) this.lock = lock;
  }

  /** Bytes written since the start. */
  get writtenBytes(): number {
    return this.#writtenBytes;
  }

  /** Writes and syncs that failed since the start. */
  get failureCount(): number {
    return this.#failureCount;
  }

  async open(path: string, options?: OpenOptions): Promise<DiskFile> {
    const file = await this.#inner.open(path, options);
    return {
      sizeBytes: () => file.sizeBytes(),
      read: (offset, target) => file.read(offset, target),
      write: async (offset, bytes) => {
        await this.#counted(file.write(offset, bytes));
        this.#writtenBytes += bytes.length;
      },
      truncate: (sizeBytes) => file.truncate(sizeBytes),
      sync: async () => {
        const startedAtMs = this.#clock.nowMs();
        await this.#counted(file.sync());
        this.syncSeconds.record((this.#clock.nowMs() - startedAtMs) / 1_000);
      },
      close: () => file.close(),
    };
  }

  list(directory: string): Promise<readonly string[]> {
    return this.#inner.list(directory);
  }

  createDirectory(directory: string): Promise<void> {
    return this.#inner.createDirectory(directory);
  }

  rename(from: string, to: string): Promise<void> {
    return this.#inner.rename(from, to);
  }

  remove(path: string): Promise<void> {
    return this.#inner.remove(path);
  }

  syncDirectory(directory: string): Promise<void> {
    return this.#inner.syncDirectory(directory);
  }

  async #counted(operation: Promise<void>): Promise<void> {
    try {
      await operation;
    } catch (error) {
      this.#failureCount += 1;
      throw error;
    }
  }
}
