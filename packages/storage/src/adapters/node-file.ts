import { fdatasync, fstat, ftruncate, read, write } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';

import type { DiskFile } from '../disk.ts';
import { requireByteCount } from '../disk-path.ts';
import { DiskError } from '../errors.ts';
import { diskErrorOf } from './node-errors.ts';

type Done<Result> = (error: NodeJS.ErrnoException | null, result: Result) => void;

/**
 * One open file. The system runs operations on several threads and promises no order among those
 * under way, so each waits here for the one before.
 */
export class NodeFile implements DiskFile {
  readonly #path: string;
  readonly #handle: FileHandle;
  #previous: Promise<unknown> = Promise.resolve();
  #state: 'open' | 'poisoned' | 'closed' = 'open';
  #closing: Promise<void> | undefined;

  constructor(path: string, handle: FileHandle) {
    this.#path = path;
    this.#handle = handle;
  }

  async sizeBytes(): Promise<number> {
    return this.#inTurn(async (fd) => {
      const { size } = await this.#call<{ size: number }>((done) => {
        fstat(fd, done);
      });
      return size;
    });
  }

  async read(offset: number, target: Uint8Array): Promise<number> {
    requireByteCount('offset', offset);
    return this.#inTurn(async (fd) => {
      let count = 0;
      while (count < target.length) {
        const got = await this.#call<number>((done) => {
          read(fd, target, count, target.length - count, offset + count, done);
        });
        if (got === 0) break;
        count += got;
      }
      return count;
    });
  }

  async write(offset: number, bytes: Uint8Array): Promise<void> {
    requireByteCount('offset', offset);
    return this.#inTurn(async (fd) => {
      // The system may take fewer bytes than offered, for one when the disk is about to be full.
      for (let count = 0; count < bytes.length;) {
        count += await this.#call<number>((done) => {
          write(fd, bytes, count, bytes.length - count, offset + count, done);
        });
      }
    });
  }

  async truncate(sizeBytes: number): Promise<void> {
    requireByteCount('sizeBytes', sizeBytes);
    return this.#inTurn(async (fd) => {
      await this.#call<undefined>((done) => {
        ftruncate(fd, sizeBytes, (error) => {
          done(error, undefined);
        });
      });
    });
  }

  async sync(): Promise<void> {
    return this.#inTurn(async (fd) => {
      try {
        await this.#call<undefined>((done) => {
          fdatasync(fd, (error) => {
            done(error, undefined);
          });
        });
      } catch (error) {
        // The system may have dropped the pages it could not write: a second sync would lie.
        if (this.#state === 'open') this.#state = 'poisoned';
        throw error;
      }
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#previous.then(() => this.#handle.close());
    this.#state = 'closed';
    return this.#closing;
  }

  /** Runs `action` after everything called before it; refuses at once what can only fail. */
  #inTurn<Result>(action: (fd: number) => Promise<Result>): Promise<Result> {
    this.#requireOpen();
    const result = this.#previous.then(() => {
      if (this.#state === 'poisoned') this.#requireOpen();
      return action(this.#handle.fd);
    });
    this.#previous = result.catch(() => undefined);
    return result;
  }

  #requireOpen(): void {
    if (this.#state === 'closed') {
      throw new DiskError('DISK_CLOSED', this.#path, 'the file is closed');
    }
    if (this.#state === 'poisoned') {
      throw new DiskError('DISK_POISONED', this.#path, 'a sync failed: close the file and recover');
    }
  }

  #call<Result>(start: (done: Done<Result>) => void): Promise<Result> {
    return new Promise((resolve, reject) => {
      start((error, result) => {
        if (error === null) resolve(result);
        else reject(diskErrorOf(this.#path, error));
      });
    });
  }
}
