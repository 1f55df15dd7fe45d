import { crc32c, DecodeError } from '@quorate/transport/codec';

import type { Disk, DiskFile } from './disk.ts';
import {
  bytesAfterFixedHeader,
  CHUNK_HEADER_BYTES,
  chunkCrc,
  decodeChunkHeader,
  decodeHeader,
  FIXED_HEADER_BYTES,
  type SnapshotHeader,
} from './snapshot-format.ts';

/** One open snapshot whose checksums all held once. */
export interface SnapshotReader {
  readonly path: string;
  readonly header: SnapshotHeader;
  readonly sizeBytes: number;
  /** CRC-32C of all the data. */
  readonly crc: number;
  /**
   * The data in order, from `fromOffset` on.
   *
   * @throws DecodeError where a checksum does not hold.
   */
  chunks(fromOffset: number): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

/**
 * Opens the snapshot at `path` and verifies all of it, in the memory of one chunk.
 *
 * @throws DecodeError if it is damaged, DiskError if it cannot be read.
 */
export async function openSnapshot(disk: Disk, path: string): Promise<SnapshotReader> {
  const file = await disk.open(path);
  try {
    const fixed = await readExactly(file, 0, FIXED_HEADER_BYTES);
    const headerBytes = FIXED_HEADER_BYTES + bytesAfterFixedHeader(fixed);
    const { header, crc: headerCrc } = decodeHeader(await readExactly(file, 0, headerBytes));
    const chunks = (fromOffset: number): AsyncIterable<Uint8Array> =>
      readChunks(file, { firstOffset: headerBytes, headerCrc, fromOffset });
    let sizeBytes = 0;
    let crc = 0;
    for await (const chunk of chunks(0)) {
      sizeBytes += chunk.length;
      crc = crc32c(chunk, 0, chunk.length, crc);
    }
    return { path, header, sizeBytes, crc, chunks, close: () => file.close() };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Where to read: the first chunk of the file, and how much of the data to leave out. */
interface ChunkRange {
  readonly firstOffset: number;
  readonly headerCrc: number;
  readonly fromOffset: number;
}

async function* readChunks(
  file: DiskFile,
  { firstOffset, headerCrc, fromOffset }: ChunkRange,
): AsyncIterable<Uint8Array> {
  let offset = firstOffset;
  let previousCrc = headerCrc;
  let skipBytes = fromOffset;
  for (;;) {
    const chunkHeader = await readExactly(file, offset, CHUNK_HEADER_BYTES);
    const { sizeBytes, crc } = decodeChunkHeader(chunkHeader);
    // What is left out is not read either: its checksum is the seed of the next one's.
    const isRead = skipBytes < sizeBytes || sizeBytes === 0;
    if (isRead) {
      const chunk = await readExactly(file, offset, CHUNK_HEADER_BYTES + sizeBytes);
      if (chunkCrc(chunk, previousCrc) !== crc) {
        throw new DecodeError(`chunk at offset ${offset}: bad checksum`);
      }
      if (sizeBytes > 0) yield chunk.subarray(CHUNK_HEADER_BYTES + skipBytes);
    }
    offset += CHUNK_HEADER_BYTES + sizeBytes;
    if (sizeBytes === 0) break;
    skipBytes = Math.max(0, skipBytes - sizeBytes);
    previousCrc = crc;
  }
  if (offset !== (await file.sizeBytes())) throw new DecodeError('bytes behind the last chunk');
}

async function readExactly(file: DiskFile, offset: number, count: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(count);
  const readCount = await file.read(offset, bytes);
  if (readCount !== count) throw new DecodeError(`ends early, at offset ${offset + readCount}`);
  return bytes;
}
