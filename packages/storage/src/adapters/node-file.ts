import * as fs from 'node:fs';

import { requireByteCount } from '../disk-path.ts';
import type { DiskFile } from '../disk.ts';
import { DiskError } from '../errors.ts';
import { diskError, systemCodeOf } from './node-errors.ts';

interface Operation {
  readonly kind: 'read' | 'write' | 'truncate' | 'sync';
  /** Where to read or write, or the size to cut to. */
  readonly offset: number;
  /** What to write, or where to read into. */
  readonly bytes: Uint8Array;
  readonly resolve: (count: number) => void;
  readonly reject: (error: Error) => void;
}

const NO_BYTES = new Uint8Array();

/**
 * One open file of the operating system.
 *
 * Node runs every operation on a thread of its pool, several at once and in any order; here each
 * waits for the one before. Where the file has no other unsynced change, a write and the sync right
 * behind it become one operation through a second descriptor opened with O_DSYNC: one trip to the
 * pool instead of two, which is a fifth of the latency of a small append.
 */
export class NodeFile implements DiskFile {
  readonly #path: string;
  readonly #descriptor: number;
  #queue: Operation[] = [];
  #running: Promise<void> | undefined;
  #closing: Promise<void> | undefined;
  #poison: DiskError | undefined;
  /** Whether everything written through this object is synced. */
  #isClean = false;
  /** For writes that are to be durable at once; undefined where the system cannot promise that. */
  #durableDescriptor: Promise<number | undefined> | undefined;

  constructor(path: string, descriptor: number) {
    this.#path = path;
    this.#descriptor = descriptor;
  }

  async sizeBytes(): Promise<number> {
    this.#requireOpen();
    await this.#running;
    return new Promise((resolve, reject) => {
      fs.fstat(this.#descriptor, (error, stats) => {
        if (error === null) resolve(stats.size);
        else reject(diskError(this.#path, error));
      });
    });
  }

  async read(offset: number, target: Uint8Array): Promise<number> {
    requireByteCount('offset', offset);
    return this.#submit('read', offset, target);
  }

  async write(offset: number, bytes: Uint8Array): Promise<void> {
    requireByteCount('offset', offset);
    await this.#submit('write', offset, bytes);
  }

  async truncate(sizeBytes: number): Promise<void> {
    requireByteCount('sizeBytes', sizeBytes);
    await this.#submit('truncate', sizeBytes, NO_BYTES);
  }

  async sync(): Promise<void> {
    await this.#submit('sync', 0, NO_BYTES);
  }

  async close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  #requireOpen(): void {
    if (this.#closing !== undefined) {
      throw new DiskError('DISK_CLOSED', this.#path, 'the file is closed');
    }
    if (this.#poison !== undefined) throw this.#poison;
  }

  async #submit(kind: Operation['kind'], offset: number, bytes: Uint8Array): Promise<number> {
    this.#requireOpen();
    return new Promise((resolve, reject) => {
      this.#queue.push({ kind, offset, bytes, resolve, reject });
      this.#running ??= this.#runAll();
    });
  }

  async #runAll(): Promise<void> {
    // What the caller does in one go may be done in one operation.
    await Promise.resolve();
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      try {
        if (this.#poison !== undefined) throw this.#poison;
        const [following] = this.#queue;
        const canCombine = next.kind === 'write' && following?.kind === 'sync' && this.#isClean;
        const descriptor = canCombine ? await this.#openDurable() : undefined;
        if (following !== undefined && descriptor !== undefined) {
          this.#queue.shift();
          await this.#writeDurably(descriptor, next, following);
        } else {
          next.resolve(await this.#run(next));
        }
      } catch (error) {
        next.reject(error instanceof DiskError ? error : diskError(this.#path, error));
      }
    }
    this.#running = undefined;
  }

  async #run({ kind, offset, bytes }: Operation): Promise<number> {
    switch (kind) {
      case 'read':
        return readAll(this.#descriptor, offset, bytes);
      case 'write':
        this.#isClean = false;
        await writeAll(this.#descriptor, offset, bytes);
        return bytes.length;
      case 'truncate':
        this.#isClean = false;
        await call((done) => fs.ftruncate(this.#descriptor, offset, done));
        return 0;
      case 'sync':
        await this.#sync();
        return 0;
    }
  }

  async #sync(): Promise<void> {
    try {
      await call((done) => fs.fdatasync(this.#descriptor, done));
      this.#isClean = true;
    } catch (cause) {
      throw this.#poisonedBy(cause);
    }
  }

  async #writeDurably(descriptor: number, write: Operation, sync: Operation): Promise<void> {
    try {
      await writeAll(descriptor, write.offset, write.bytes);
    } catch (cause) {
      this.#isClean = false;
      // No room is found out before anything is synced; then the sync has its own say.
      const isFull = diskError(this.#path, cause).code === 'DISK_FULL';
      write.reject(isFull ? diskError(this.#path, cause) : this.#poisonedBy(cause));
      if (this.#poison === undefined) await this.#sync().catch(() => undefined);
      if (this.#poison === undefined) sync.resolve(0);
      else sync.reject(this.#poison);
      return;
    }
    write.resolve(write.bytes.length);
    sync.resolve(0);
  }

  #poisonedBy(cause: unknown): DiskError {
    const failed = new DiskError('DISK_FAILED', this.#path, 'a sync failed', { cause });
    this.#poison = new DiskError(
      'DISK_POISONED',
      this.#path,
      'an earlier sync failed, so what is durable is unknown; close the file and recover',
      { cause },
    );
    return failed;
  }

  #openDurable(): Promise<number | undefined> {
    this.#durableDescriptor ??= new Promise((resolve) => {
      // Elsewhere O_DSYNC promises less than fdatasync does, or is not known.
      if (process.platform !== 'linux') {
        resolve(undefined);
        return;
      }
      const flags = fs.constants.O_WRONLY | fs.constants.O_DSYNC;
      // By descriptor: the file may have got another name since it was opened.
      fs.open(`/proc/self/fd/${this.#descriptor}`, flags, (error, descriptor) => {
        resolve(error === null ? descriptor : undefined);
      });
    });
    return this.#durableDescriptor;
  }

  async #close(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
    const durable = await this.#durableDescriptor;
    if (durable !== undefined) await call((done) => fs.close(durable, done)).catch(() => undefined);
    try {
      await call((done) => fs.close(this.#descriptor, done));
    } catch (cause) {
      throw diskError(this.#path, cause);
    }
  }
}

function call(start: (done: (error: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    start((error) => {
      if (error === null) resolve();
      else reject(error);
    });
  });
}

async function readAll(descriptor: number, offset: number, target: Uint8Array): Promise<number> {
  let done = 0;
  while (done < target.length) {
    const count = await transfer((settle) =>
      fs.read(descriptor, target, done, target.length - done, offset + done, settle),
    );
    if (count === 0) break;
    done += count;
  }
  return done;
}

async function writeAll(descriptor: number, offset: number, bytes: Uint8Array): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    done += await transfer((settle) =>
      fs.write(descriptor, bytes, done, bytes.length - done, offset + done, settle),
    );
  }
}

function transfer(
  start: (settle: (error: Error | null, count: number) => void) => void,
): Promise<number> {
  return new Promise((resolve, reject) => {
    start((error, count) => {
      if (error === null) resolve(count);
      // A signal may interrupt a transfer before it began: nothing happened, so try again.
      else if (systemCodeOf(error) === 'EINTR') resolve(0);
      else reject(error);
    });
  });
}
