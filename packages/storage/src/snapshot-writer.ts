import type { Disk, DiskFile } from './disk.ts';
import {
  CHUNK_HEADER_BYTES,
  encodeHeader,
  sealChunk,
  SNAPSHOT_CHUNK_BYTES,
  type SnapshotHeader,
} from './snapshot-format.ts';

/** Writes and syncs a whole snapshot to a new file at `path`, replacing one that is there. */
export async function writeSnapshot(
  disk: Disk,
  path: string,
  header: SnapshotHeader,
  data: Uint8Array | AsyncIterable<Uint8Array>,
): Promise<void> {
  const { bytes, crc } = encodeHeader(header);
  await disk.remove(path);
  const file = await disk.open(path, { mode: 'new' });
  try {
    await file.write(0, bytes);
    const chunks = new ChunkWriter(file, bytes.length, crc, roomFor(data));
    if (data instanceof Uint8Array) await chunks.add(data);
    else for await (const piece of data) await chunks.add(piece);
    await chunks.finish();
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Small snapshots, of many groups, do not each take a whole chunk of memory. */
function roomFor(data: Uint8Array | AsyncIterable<Uint8Array>): number {
  if (!(data instanceof Uint8Array)) return SNAPSHOT_CHUNK_BYTES;
  return Math.min(data.length, SNAPSHOT_CHUNK_BYTES);
}

/** Gathers pieces of any size into chunks of one size, and writes each as it fills. */
class ChunkWriter {
  readonly #file: DiskFile;
  readonly #buffer: Uint8Array;
  #filledBytes = 0;
  #offset: number;
  #crc: number;

  /** @param roomBytes - Of a chunk; less than all of it if no more will come. */
  constructor(file: DiskFile, offset: number, crc: number, roomBytes: number) {
    this.#buffer = new Uint8Array(CHUNK_HEADER_BYTES + roomBytes);
    this.#file = file;
    this.#offset = offset;
    this.#crc = crc;
  }

  async add(piece: Uint8Array): Promise<void> {
    if (!(piece instanceof Uint8Array)) {
      throw new TypeError(`data: expected pieces of bytes, got ${typeof piece}`);
    }
    let taken = 0;
    while (taken < piece.length) {
      const count = Math.min(SNAPSHOT_CHUNK_BYTES - this.#filledBytes, piece.length - taken);
      const part = piece.subarray(taken, taken + count);
      this.#buffer.set(part, CHUNK_HEADER_BYTES + this.#filledBytes);
      taken += count;
      this.#filledBytes += count;
      if (this.#filledBytes === SNAPSHOT_CHUNK_BYTES) await this.#flush();
    }
  }

  /** Writes what is left, and the empty chunk that says there is no more. */
  async finish(): Promise<void> {
    if (this.#filledBytes > 0) await this.#flush();
    await this.#flush();
  }

  async #flush(): Promise<void> {
    const chunk = this.#buffer.subarray(0, CHUNK_HEADER_BYTES + this.#filledBytes);
    this.#crc = sealChunk(chunk, this.#crc);
    await this.#file.write(this.#offset, chunk);
    this.#offset += chunk.length;
    this.#filledBytes = 0;
  }
}
