import { type Disk, DiskError, type DiskFile, type OpenOptions } from '@quorate/storage';

import type { DiskDevice } from './disk-device.ts';
import { directoryParts, pathParts } from './file-names.ts';
import type { Incarnation } from './incarnation.ts';
import { SimulatedHandle } from './simulated-handle.ts';

/**
 * A node's disk as one of its lives sees it. Every promise it returned stays pending once that life
 * is over.
 */
export class SimulatedDisk implements Disk {
  readonly #device: DiskDevice;
  readonly #incarnation: Incarnation;

  constructor(device: DiskDevice, incarnation: Incarnation) {
    this.#device = device;
    this.#incarnation = incarnation;
  }

  open(path: string, options: OpenOptions = {}): Promise<DiskFile> {
    return this.#perform('open', path, () => {
      pathParts(path);
      const handle = this.#opened(path, options.mode ?? 'existing');
      return () => handle;
    });
  }

  list(directory: string): Promise<readonly string[]> {
    return this.#perform('list', directory, () => {
      directoryParts(directory);
      const names = this.#device.names.list(directory);
      return () => names;
    });
  }

  createDirectory(directory: string): Promise<void> {
    return this.#perform('createDirectory', directory, () => {
      const parts = directoryParts(directory);
      parts.forEach((_, index) => {
        this.#makeDirectory(parts.slice(0, index + 1).join('/'));
      });
      return () => undefined;
    });
  }

  rename(from: string, to: string): Promise<void> {
    return this.#perform('rename', from, () => {
      pathParts(from);
      pathParts(to);
      this.#device.names.rename(from, to);
      return () => undefined;
    });
  }

  remove(path: string): Promise<void> {
    return this.#perform('remove', path, () => {
      pathParts(path);
      this.#device.names.remove(path);
      return () => undefined;
    });
  }

  syncDirectory(directory: string): Promise<void> {
    return this.#perform('syncDirectory', directory, () => {
      directoryParts(directory);
      const complete = this.#device.names.beginSync(directory);
      const fate = this.#device.syncFate();
      if (fate === 'failed') throw syncFailure(directory);
      return () => {
        if (fate === 'durable') complete();
        this.#device.forgetUnreachable();
      };
    });
  }

  lock(directory: string): Promise<() => Promise<void>> {
    return this.#perform('lock', directory, () => {
      directoryParts(directory);
      this.#device.names.requireDirectory(directory);
      const { locks } = this.#device;
      if (locks.has(directory)) {
        throw new DiskError('DISK_LOCKED', directory, 'is in use; close its other user first');
      }
      locks.add(directory);
      let isHeld = true;
      return () => () => {
        // Once the life is over its locks are gone, and another may hold this one.
        if (isHeld && this.#incarnation.isAlive) locks.delete(directory);
        isHeld = false;
        return Promise.resolve();
      };
    });
  }

  #opened(path: string, mode: 'existing' | 'create' | 'new'): DiskFile {
    const { names } = this.#device;
    const node = names.get(path);
    if (node === 'directory') throw new DiskError('DISK_FAILED', path, 'is a folder, not a file');
    if (node !== undefined) {
      if (mode === 'new') throw new DiskError('DISK_EXISTS', path, 'is there already');
      return new SimulatedHandle(this.#device, this.#incarnation, path, node);
    }
    if (mode === 'existing') throw new DiskError('DISK_NOT_FOUND', path, 'no such file');
    const file = this.#device.createFile();
    names.create(path, file);
    return new SimulatedHandle(this.#device, this.#incarnation, path, file);
  }

  #makeDirectory(directory: string): void {
    const node = this.#device.names.get(directory);
    if (node === 'directory') return;
    if (node !== undefined) {
      throw new DiskError('DISK_EXISTS', directory, 'is a file, not a folder');
    }
    this.#device.names.create(directory, 'directory');
  }

  #perform<Result>(name: string, path: string, begin: () => () => Result): Promise<Result> {
    return this.#device.perform({
      incarnation: this.#incarnation,
      name,
      path,
      sizeBytes: 0,
      queue: this.#device.nameQueue,
      begin,
    });
  }
}

/** What a failed sync says. */
export function syncFailure(path: string): DiskError {
  return new DiskError('DISK_FAILED', path, 'sync failed: what was not synced before may be lost');
}
