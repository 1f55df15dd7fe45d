/* eslint-disable @typescript-eslint/require-await --
   The port is asynchronous: `async` turns a throw into a rejection. */
import type { DiskFile } from '../disk.ts';
import { DiskError } from '../errors.ts';
import { requireByteCount } from '../disk-path.ts';
import type { MemoryFile } from './memory-file.ts';

/** One open handle of a file in memory. */
export class MemoryHandle implements DiskFile {
  readonly #path: string;
  readonly #file: MemoryFile;
  readonly #onClose: () => void;
  #isClosed = false;

  constructor(path: string, file: MemoryFile, onClose: () => void) {
    this.#path = path;
    this.#file = file;
    this.#onClose = onClose;
  }

  async sizeBytes(): Promise<number> {
    return this.#opened().sizeBytes;
  }

  async read(offset: number, target: Uint8Array): Promise<number> {
    requireByteCount('offset', offset);
    return this.#opened().read(offset, target);
  }

  async write(offset: number, bytes: Uint8Array): Promise<void> {
    requireByteCount('offset', offset);
    this.#opened().write(offset, bytes, this.#path);
  }

  async truncate(sizeBytes: number): Promise<void> {
    requireByteCount('sizeBytes', sizeBytes);
    this.#opened().truncate(sizeBytes);
  }

  async sync(): Promise<void> {
    this.#opened().sync();
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#onClose();
  }

  #opened(): MemoryFile {
    if (this.#isClosed) throw new DiskError('DISK_CLOSED', this.#path, 'the file is closed');
    return this.#file;
  }
}
