import { DiskError, type DiskFile } from '@quorate/storage';

import type { DiskDevice } from './disk-device.ts';
import type { Incarnation } from './incarnation.ts';
import { syncFailure } from './simulated-disk.ts';
import type { SimulatedFile } from './simulated-file.ts';
import { pageBytes } from './sparse-bytes.ts';

/** An open file of a simulated disk. */
export class SimulatedHandle implements DiskFile {
  readonly #device: DiskDevice;
  readonly #incarnation: Incarnation;
  readonly #path: string;
  readonly #file: SimulatedFile;
  #isClosed = false;
  #isPoisoned = false;

  constructor(device: DiskDevice, incarnation: Incarnation, path: string, file: SimulatedFile) {
    this.#device = device;
    this.#incarnation = incarnation;
    this.#path = path;
    this.#file = file;
    file.handleCount += 1;
  }

  sizeBytes(): Promise<number> {
    return this.#perform('size', 0, () => {
      const { sizeBytes } = this.#usable();
      return () => sizeBytes;
    });
  }

  read(offset: number, target: Uint8Array): Promise<number> {
    return this.#perform('read', target.length, () => {
      requireByteCount('offset', offset);
      const file = this.#usable();
      if (this.#device.takesReadFailure()) {
        throw new DiskError('DISK_FAILED', this.#path, 'read failed');
      }
      const bytes = file.read(offset, target.length);
      this.#device.misdirectRead(file, offset, bytes);
      return () => {
        target.set(bytes);
        return bytes.length;
      };
    });
  }

  write(offset: number, bytes: Uint8Array): Promise<void> {
    const asCalled = bytes.slice();
    return this.#perform('write', bytes.length, () => {
      requireByteCount('offset', offset);
      const file = this.#usable();
      const landing = this.#device.landingOffset(file, offset);
      const room = this.#device.freeBytes;
      const fitting = fittingBytes(file, landing, bytes.length, room);
      file.write(landing, asCalled.subarray(0, fitting));
      if (fitting < bytes.length) {
        throw new DiskError('DISK_FULL', this.#path, 'no room left; free some and try again');
      }
      return () => {
        this.#expectUnchanged(asCalled, bytes);
      };
    });
  }

  truncate(sizeBytes: number): Promise<void> {
    return this.#perform('truncate', 0, () => {
      requireByteCount('sizeBytes', sizeBytes);
      this.#usable().truncate(sizeBytes);
      return () => undefined;
    });
  }

  sync(): Promise<void> {
    return this.#perform('sync', 0, () => {
      const file = this.#usable();
      const pending = file.beginSync();
      const fate = this.#device.syncFate();
      if (fate !== 'failed') {
        return () => {
          if (fate === 'durable') file.completeSync(pending);
        };
      }
      this.#isPoisoned = true;
      file.failSync(pending);
      throw syncFailure(this.#path);
    });
  }

  close(): Promise<void> {
    return this.#perform('close', 0, () => {
      if (this.#isClosed) return () => undefined;
      this.#isClosed = true;
      this.#file.handleCount -= 1;
      return () => {
        this.#device.forgetUnreachable();
      };
    });
  }

  /** The file, if this handle may still use it. */
  #usable(): SimulatedFile {
    if (this.#isClosed) throw new DiskError('DISK_CLOSED', this.#path, 'the file is closed');
    if (this.#isPoisoned) {
      throw new DiskError('DISK_POISONED', this.#path, 'an earlier sync failed; close and recover');
    }
    return this.#file;
  }

  #expectUnchanged(asCalled: Uint8Array, now: Uint8Array): void {
    if (isEqual(asCalled, now)) return;
    const claim = `write of ${this.#path}: expected bytes that stay as they are until it settles`;
    this.#device.reportMisuse(new Error(claim), this.#incarnation);
  }

  #perform<Result>(name: string, sizeBytes: number, begin: () => () => Result): Promise<Result> {
    return this.#device.perform({
      incarnation: this.#incarnation,
      name,
      path: this.#path,
      sizeBytes,
      queue: this.#file,
      begin,
    });
  }
}

function isEqual(left: Uint8Array, right: Uint8Array): boolean {
  for (let index = 0; index < left.length; index += 1) {
    if (left[index] !== right[index]) return false;
  }
  return true;
}

/** How many of the first `sizeBytes` of a write at `offset` find room. */
function fittingBytes(
  file: SimulatedFile,
  offset: number,
  sizeBytes: number,
  freeBytes: number,
): number {
  if (file.missingPages(offset, sizeBytes) * pageBytes <= freeBytes) return sizeBytes;
  let fitting = 0;
  // Page by page, as a real write fills its cache, until one finds no room.
  while (fitting < sizeBytes) {
    const pageEnd = Math.floor((offset + fitting) / pageBytes + 1) * pageBytes;
    const next = Math.min(sizeBytes, pageEnd - offset);
    if (file.missingPages(offset, next) * pageBytes > freeBytes) break;
    fitting = next;
  }
  return fitting;
}

/** @throws RangeError if `value` is no offset or size of a file. */
function requireByteCount(name: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 0) return;
  throw new RangeError(`${name}: expected an integer in 0..2^53-1, got ${String(value)}`);
}
