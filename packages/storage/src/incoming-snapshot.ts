import { crc32c, DecodeError } from '@quorate/transport/codec';

import type { Disk, DiskFile } from './disk.ts';
import { SnapshotError } from './errors.ts';
import {
  CHUNK_HEADER_BYTES,
  chunkCrc,
  decodeChunkHeader,
  encodeHeader,
  sealChunk,
  SNAPSHOT_CHUNK_BYTES,
  type SnapshotIdentity,
} from './snapshot-format.ts';

/** How much a crash can take of what has arrived: a sync for every chunk would cost more. */
const SYNC_EVERY_BYTES = 4 * 1_024 * 1_024;

/**
 * A snapshot that comes from elsewhere in pieces, written as it comes, in the memory of one piece.
 *
 * The file is a snapshot's from the first byte on, without the closing chunk. So whoever opens it
 * again after a crash reads it from the start, keeps the chunks whose checksums hold, each of which
 * covers the one before, and goes on from there.
 */
export class IncomingSnapshot {
  readonly path: string;
  readonly identity: SnapshotIdentity;
  readonly #file: DiskFile;
  /** Where the next chunk goes. */
  #fileOffset: number;
  /** Checksum of the chunk before it. */
  #chainCrc: number;
  #receivedBytes = 0;
  #crc = 0;
  #unsyncedBytes = 0;
  #isWhole = false;
  #isClosed = false;

  private constructor(
    file: DiskFile,
    path: string,
    identity: SnapshotIdentity,
    start: { readonly fileOffset: number; readonly crc: number },
  ) {
    this.#file = file;
    this.path = path;
    this.identity = identity;
    this.#fileOffset = start.fileOffset;
    this.#chainCrc = start.crc;
  }

  /** Opens what arrived before, or begins. The directory of `path` is there. */
  static async open(
    disk: Disk,
    path: string,
    identity: SnapshotIdentity,
  ): Promise<IncomingSnapshot> {
    const { bytes, crc } = encodeHeader(identity.header);
    const file = await disk.open(path, { mode: 'create' });
    try {
      const incoming = new IncomingSnapshot(file, path, identity, {
        fileOffset: bytes.length,
        crc,
      });
      const found = new Uint8Array(bytes.length);
      const count = await file.read(0, found);
      const isKnown = count === bytes.length && found.every((byte, at) => byte === bytes[at]);
      if (isKnown) await incoming.#resume();
      else await file.write(0, bytes);
      if (!incoming.#isWhole) await file.truncate(incoming.#fileOffset);
      return incoming;
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** How much of the data is here: where the next piece begins. */
  get receivedBytes(): number {
    return this.#receivedBytes;
  }

  /** Whether all of it is here, verified and durable. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /**
   * Writes the next piece of the data. It must not change until the call is done.
   *
   * @throws RangeError if there would be more data than announced.
   * @throws DiskError if the disk refuses; what was there before still is.
   */
  async append(piece: Uint8Array): Promise<void> {
    const room = this.identity.sizeBytes - this.#receivedBytes;
    if (piece.length > room) {
      throw new RangeError(`piece: expected at most ${room} bytes, got ${piece.length}`);
    }
    for (let taken = 0; taken < piece.length; taken += SNAPSHOT_CHUNK_BYTES) {
      await this.#writeChunk(piece.subarray(taken, taken + SNAPSHOT_CHUNK_BYTES));
    }
    if (this.#unsyncedBytes < SYNC_EVERY_BYTES) return;
    this.#unsyncedBytes = 0;
    await this.#file.sync();
  }

  /**
   * All data is here: closes the file and makes it durable.
   *
   * @throws SnapshotError if it is not what was announced. Nothing of it is kept then.
   */
  async finish(): Promise<void> {
    if (this.#isWhole) return;
    const { sizeBytes, crc } = this.identity;
    if (this.#receivedBytes !== sizeBytes || this.#crc !== crc) {
      await this.#file.truncate(0);
      const reason = `expected ${sizeBytes} bytes of checksum ${crc}, got ${this.#receivedBytes}`;
      throw new SnapshotError(`${this.path}: ${reason} of ${this.#crc}`, {
        damaged: [{ path: this.path, reason }],
      });
    }
    await this.#writeChunk(new Uint8Array(0));
    await this.#file.sync();
    this.#isWhole = true;
  }

  /** Releases the file; what arrived stays. Idempotent. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#file.close();
  }

  async #writeChunk(data: Uint8Array): Promise<void> {
    const chunk = new Uint8Array(CHUNK_HEADER_BYTES + data.length);
    chunk.set(data, CHUNK_HEADER_BYTES);
    const chainCrc = sealChunk(chunk, this.#chainCrc);
    await this.#file.write(this.#fileOffset, chunk);
    this.#count(data, chunk.length, chainCrc);
    this.#unsyncedBytes += data.length;
  }

  #count(data: Uint8Array, chunkBytes: number, chainCrc: number): void {
    this.#fileOffset += chunkBytes;
    this.#chainCrc = chainCrc;
    this.#receivedBytes += data.length;
    this.#crc = crc32c(data, 0, data.length, this.#crc);
  }

  /** Takes in the chunks that are there, up to the first that is not whole. */
  async #resume(): Promise<void> {
    for (;;) {
      const chunk = await this.#readChunk();
      if (chunk === undefined) return;
      const data = chunk.subarray(CHUNK_HEADER_BYTES);
      const { sizeBytes, crc } = this.identity;
      if (data.length === 0) {
        this.#isWhole = this.#receivedBytes === sizeBytes && this.#crc === crc;
        return;
      }
      if (this.#receivedBytes + data.length > sizeBytes) return;
      this.#count(data, chunk.length, decodeChunkHeader(chunk.subarray(0, CHUNK_HEADER_BYTES)).crc);
    }
  }

  async #readChunk(): Promise<Uint8Array | undefined> {
    const head = new Uint8Array(CHUNK_HEADER_BYTES);
    if ((await this.#file.read(this.#fileOffset, head)) < head.length) return undefined;
    try {
      const { sizeBytes, crc } = decodeChunkHeader(head);
      const chunk = new Uint8Array(CHUNK_HEADER_BYTES + sizeBytes);
      const count = await this.#file.read(this.#fileOffset, chunk);
      return count === chunk.length && chunkCrc(chunk, this.#chainCrc) === crc ? chunk : undefined;
    } catch (error) {
      if (error instanceof DecodeError) return undefined;
      throw error;
    }
  }
}
