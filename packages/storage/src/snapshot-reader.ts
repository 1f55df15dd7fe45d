import { DecodeError } from '@quorate/transport/codec';

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
  /** The data in order. @throws DecodeError where a checksum does not hold. */
  chunks(): AsyncIterable<Uint8Array>;
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
    const { header, crc } = decodeHeader(await readExactly(file, 0, headerBytes));
    const chunks = (): AsyncIterable<Uint8Array> => readChunks(file, headerBytes, crc);
    let sizeBytes = 0;
    for await (const chunk of chunks()) sizeBytes += chunk.length;
    return { path, header, sizeBytes, chunks, close: () => file.close() };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function* readChunks(
  file: DiskFile,
  firstOffset: number,
  headerCrc: number,
): AsyncIterable<Uint8Array> {
  let offset = firstOffset;
  let previousCrc = headerCrc;
  for (;;) {
    const chunkHeader = await readExactly(file, offset, CHUNK_HEADER_BYTES);
    const { sizeBytes, crc } = decodeChunkHeader(chunkHeader);
    const chunk = await readExactly(file, offset, CHUNK_HEADER_BYTES + sizeBytes);
    if (chunkCrc(chunk, previousCrc) !== crc) {
      throw new DecodeError(`chunk at offset ${offset}: bad checksum`);
    }
    offset += chunk.length;
    if (sizeBytes === 0) break;
    yield chunk.subarray(CHUNK_HEADER_BYTES);
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
