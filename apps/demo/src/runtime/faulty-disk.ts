/** A disk that is full or slow because somebody asked for it. */
import { type Disk, DiskError, type DiskFile, type OpenOptions } from '@quorate/storage';
import type { Clock } from '@quorate/transport';

/** What is wrong with a disk. */
export interface DiskFaults {
  /** No file can grow. */
  readonly isDiskFull: boolean;
  /** How much longer each sync of a file takes, in ms. */
  readonly syncDelayMs: number;
}

/**
 * Passes everything on to a disk, unless that has no room by now, and lets syncs take longer.
 *
 * It has no locks: its owner locks the disk below it, once and as a whole.
 */
export class FaultyDisk implements Disk {
  readonly #inner: Disk;
  readonly #clock: Clock;
  #faults: DiskFaults = { isDiskFull: false, syncDelayMs: 0 };

  constructor(inner: Disk, clock: Clock) {
    this.#inner = inner;
    this.#clock = clock;
  }

  /** Replaces what is wrong. Syncs under way keep the time they were to take. */
  set(faults: DiskFaults): void {
    this.#faults = faults;
  }

  async open(path: string, options?: OpenOptions): Promise<DiskFile> {
    const file = await this.#inner.open(path, options);
    let sizeBytes = await file.sizeBytes();
    const grow = (toBytes: number): DiskError | undefined => {
      if (toBytes > sizeBytes && this.#faults.isDiskFull) {
        return new DiskError('DISK_FULL', path, 'there is no room left');
      }
      sizeBytes = Math.max(sizeBytes, toBytes);
      return undefined;
    };
    return {
      sizeBytes: () => file.sizeBytes(),
      read: (offset, target) => file.read(offset, target),
      write: async (offset, bytes) => {
        const refusal = grow(offset + bytes.length);
        if (refusal !== undefined) throw refusal;
        await file.write(offset, bytes);
      },
      truncate: async (toBytes) => {
        const refusal = grow(toBytes);
        if (refusal !== undefined) throw refusal;
        sizeBytes = toBytes;
        await file.truncate(toBytes);
      },
      sync: async () => {
        const { syncDelayMs } = this.#faults;
        // It comes in its turn among the writes, but says so late.
        await file.sync();
        if (syncDelayMs > 0) await this.#sleep(syncDelayMs);
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

  #sleep(durationMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#clock.setTimer(durationMs, resolve);
    });
  }
}
