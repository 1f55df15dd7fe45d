import { crc32c } from '@quorate/transport/codec';

import type { DiskFile } from './disk.ts';
import { DiskError } from './errors.ts';
import { type Area, areaOf } from './log-format.ts';

/** How much of a file recovery holds in memory at a time. */
const WINDOW_BYTES = 1_024 * 1_024;

/** The grain in which an unreadable stretch is narrowed down. */
const SECTOR_BYTES = 512;

/**
 * A window over a file of any size, moved forward as it is read.
 *
 * What the disk cannot read shows as zeros, sector by sector: whoever reads has checksums anyway,
 * and one bad sector must not hide the good ones around it.
 */
export class ByteWindow {
  readonly sizeBytes: number;
  readonly #file: DiskFile;
  readonly #buffer: Uint8Array;
  #area: Area;
  #start = 0;

  private constructor(file: DiskFile, sizeBytes: number) {
    this.#file = file;
    this.sizeBytes = sizeBytes;
    this.#buffer = new Uint8Array(Math.min(WINDOW_BYTES, Math.max(sizeBytes, SECTOR_BYTES)));
    this.#area = areaOf(this.#buffer.subarray(0, 0));
  }

  static async open(file: DiskFile): Promise<ByteWindow> {
    return new ByteWindow(file, await file.sizeBytes());
  }

  /** The bytes in memory now. */
  get area(): Area {
    return this.#area;
  }

  /** Where in `area` the byte at `offset` of the file is, if it is there. */
  at(offset: number): number {
    return offset - this.#start;
  }

  /** Whether `count` bytes from `offset` on are in memory. */
  holds(offset: number, count: number): boolean {
    return offset >= this.#start && offset + count <= this.#start + this.#area.bytes.length;
  }

  /** Brings `count` bytes, at most 64 KiB, into memory; answers whether the file has so many. */
  async load(offset: number, count: number): Promise<boolean> {
    if (this.holds(offset, count)) return true;
    if (offset + count > this.sizeBytes) return false;
    const wanted = this.#buffer.subarray(0, Math.min(this.#buffer.length, this.sizeBytes - offset));
    await this.#read(offset, wanted);
    this.#start = offset;
    this.#area = areaOf(wanted);
    return true;
  }

  /** The CRC-32C of `count` bytes from `offset` on, or undefined if the file ends before. */
  async crc(offset: number, count: number): Promise<number | undefined> {
    if (offset + count > this.sizeBytes) return undefined;
    let crc = 0;
    let done = 0;
    while (done < count) {
      await this.load(offset + done, 1);
      const at = this.at(offset + done);
      const part = Math.min(count - done, this.#area.bytes.length - at);
      crc = crc32c(this.#area.bytes, at, at + part, crc);
      done += part;
    }
    return crc;
  }

  async #read(offset: number, target: Uint8Array): Promise<void> {
    try {
      const count = await this.#file.read(offset, target);
      target.fill(0, count);
    } catch (error) {
      if (!(error instanceof DiskError) || error.code !== 'DISK_FAILED') throw error;
      if (target.length <= SECTOR_BYTES) {
        target.fill(0);
        return;
      }
      for (let at = 0; at < target.length; at += SECTOR_BYTES) {
        await this.#read(offset + at, target.subarray(at, at + SECTOR_BYTES));
      }
    }
  }
}
