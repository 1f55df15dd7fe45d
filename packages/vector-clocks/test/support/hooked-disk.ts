import { type Disk, DiskError, type DiskFile, type OpenOptions } from '@quorate/storage';

/** Passes everything on, and asks `before` first: it may look, wait, or throw what is to happen. */
export class HookedDisk implements Disk {
  readonly #inner: Disk;
  before: (operation: string) => void | Promise<void> = () => undefined;

  constructor(inner: Disk) {
    this.#inner = inner;
  }

  async open(path: string, options?: OpenOptions): Promise<DiskFile> {
    await this.before('open');
    const file = await this.#inner.open(path, options);
    let isPoisoned = false;
    const hooked = async <Result>(name: string, act: () => Promise<Result>): Promise<Result> => {
      if (isPoisoned) throw new DiskError('DISK_POISONED', path, 'an earlier sync failed');
      try {
        await this.before(name);
      } catch (error) {
        isPoisoned = name === 'sync';
        throw error;
      }
      return act();
    };
    return {
      sizeBytes: () => file.sizeBytes(),
      read: (offset, target) => hooked('read', () => file.read(offset, target)),
      write: (offset, bytes) => hooked('write', () => file.write(offset, bytes)),
      truncate: (sizeBytes) => hooked('truncate', () => file.truncate(sizeBytes)),
      sync: () => hooked('sync', () => file.sync()),
      close: () => file.close(),
    };
  }

  async list(directory: string): Promise<readonly string[]> {
    await this.before('list');
    return this.#inner.list(directory);
  }

  async createDirectory(directory: string): Promise<void> {
    await this.before('createDirectory');
    return this.#inner.createDirectory(directory);
  }

  async rename(from: string, to: string): Promise<void> {
    await this.before('rename');
    return this.#inner.rename(from, to);
  }

  async remove(path: string): Promise<void> {
    await this.before('remove');
    return this.#inner.remove(path);
  }

  async syncDirectory(directory: string): Promise<void> {
    await this.before('syncDirectory');
    return this.#inner.syncDirectory(directory);
  }

  async lock(directory: string): Promise<() => Promise<void>> {
    await this.before('lock');
    return (await this.#inner.lock?.(directory)) ?? (() => Promise.resolve());
  }
}
