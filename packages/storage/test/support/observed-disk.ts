import type { Disk, DiskFile, OpenOptions } from '../../src/disk.ts';

/** One operation that is about to happen. */
export interface DiskOperation {
  readonly kind:
    'open' | 'read' | 'write' | 'truncate' | 'sync' | 'rename' | 'remove' | 'syncDirectory';
  readonly path: string;
  /** Of a read or write. */
  readonly offset: number;
  /** Of a write. */
  readonly bytes: Uint8Array | undefined;
}

/**
 * Passes everything on to another disk, and asks `before` first: it may look at the disk at that
 * moment, wait, or throw the error that the operation is to fail with.
 */
export class ObservedDisk implements Disk {
  readonly #inner: Disk;
  before: (operation: DiskOperation) => void | Promise<void> = () => undefined;

  constructor(inner: Disk) {
    this.#inner = inner;
  }

  async open(path: string, options?: OpenOptions): Promise<DiskFile> {
    await this.#announce('open', path);
    return this.#observe(path, await this.#inner.open(path, options));
  }

  list(directory: string): Promise<readonly string[]> {
    return this.#inner.list(directory);
  }

  createDirectory(directory: string): Promise<void> {
    return this.#inner.createDirectory(directory);
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#announce('rename', from);
    return this.#inner.rename(from, to);
  }

  async remove(path: string): Promise<void> {
    await this.#announce('remove', path);
    return this.#inner.remove(path);
  }

  async syncDirectory(directory: string): Promise<void> {
    await this.#announce('syncDirectory', directory);
    return this.#inner.syncDirectory(directory);
  }

  #announce(
    kind: DiskOperation['kind'],
    path: string,
    offset = 0,
    bytes?: Uint8Array,
  ): void | Promise<void> {
    return this.before({ kind, path, offset, bytes });
  }

  #observe(path: string, file: DiskFile): DiskFile {
    // Operations of one file keep their order, however long `before` takes.
    let turn: Promise<unknown> = Promise.resolve();
    const inTurn = <Result>(
      kind: DiskOperation['kind'],
      run: () => Promise<Result>,
      offset = 0,
      bytes?: Uint8Array,
    ): Promise<Result> => {
      const result = turn.then(async () => {
        await this.#announce(kind, path, offset, bytes);
        return run();
      });
      turn = result.catch(() => undefined);
      return result;
    };
    return {
      sizeBytes: () => file.sizeBytes(),
      read: (offset, target) => inTurn('read', () => file.read(offset, target), offset),
      write: (offset, bytes) => inTurn('write', () => file.write(offset, bytes), offset, bytes),
      truncate: (sizeBytes) => inTurn('truncate', () => file.truncate(sizeBytes)),
      sync: () => inTurn('sync', () => file.sync()),
      close: () => file.close(),
    };
  }
}
