/*
 * How a snapshot lies in its file.
 *
 *     | magic 8 | version u32 | index u64 | term u64 | metadata size u32 | metadata | crc u32 |
 *     | chunk size u32 | crc u32 | bytes |   … as many as there are …
 *     | 0 u32          | crc u32 |
 *
 * Each checksum covers its own bytes and, as the seed of the computation, the checksum before it.
 * So a chunk that is missing, doubled, out of order or from another snapshot is found like a
 * flipped bit, and the closing empty chunk proves that the file was not cut at a chunk's end.
 * All numbers are big-endian.
 */
import { ByteReader, ByteWriter, crc32c, DecodeError } from '@quorate/transport/codec';

/** What a snapshot stands for. */
export interface SnapshotHeader {
  /** The last log entry whose effect the snapshot contains. 0..2^53-1. */
  readonly lastIncludedIndex: number;
  /** The term of that entry. 0..2^53-1. */
  readonly lastIncludedTerm: number;
  /** Whatever else its owner must know, such as the membership. At most 1 MiB. */
  readonly metadata: Uint8Array;
}

/** A snapshot that was passed over because its bytes are not what was written. */
export interface DamagedSnapshot {
  readonly path: string;
  readonly reason: string;
}

/** Size of the chunks a snapshot is written and read in: what it costs in memory. */
export const SNAPSHOT_CHUNK_BYTES: number = 256 * 1_024;

/** Largest `SnapshotHeader.metadata`. */
const SNAPSHOT_METADATA_BYTES_MAX = 1_024 * 1_024;

/** Bytes before the metadata. */
export const FIXED_HEADER_BYTES = 32;

/** Bytes before the content of a chunk: its size and checksum. */
export const CHUNK_HEADER_BYTES = 8;

const MAGIC: Uint8Array = new TextEncoder().encode('QRSNAP\r\n');
const VERSION = 1;

/** Bytes and the checksum that the next part continues. */
export interface Sealed {
  readonly bytes: Uint8Array;
  readonly crc: number;
}

/** @throws RangeError if a field is out of its range. */
export function encodeHeader(header: SnapshotHeader): Sealed {
  const { lastIncludedIndex, lastIncludedTerm, metadata } = header;
  for (const [name, value] of Object.entries({ lastIncludedIndex, lastIncludedTerm })) {
    if (Number.isSafeInteger(value) && value >= 0) continue;
    throw new RangeError(`${name}: expected an integer in 0..2^53-1, got ${value}`);
  }
  if (metadata.length > SNAPSHOT_METADATA_BYTES_MAX) {
    throw new RangeError(
      `metadata: expected at most ${SNAPSHOT_METADATA_BYTES_MAX} bytes, got ${metadata.length}`,
    );
  }
  const writer = new ByteWriter(FIXED_HEADER_BYTES + metadata.length + 4);
  writer.bytes(MAGIC);
  writer.u32(VERSION);
  writer.u64(lastIncludedIndex);
  writer.u64(lastIncludedTerm);
  writer.u32(metadata.length);
  writer.bytes(metadata);
  const content = writer.finish();
  const crc = crc32c(content);
  writer.bytes(content);
  writer.u32(crc);
  return { bytes: writer.finish(), crc };
}

/**
 * How many bytes of metadata and checksum follow the fixed part.
 *
 * @throws DecodeError if these are not the first bytes of a snapshot.
 */
export function bytesAfterFixedHeader(fixed: Uint8Array): number {
  const reader = new ByteReader(fixed);
  const magic = reader.bytes(MAGIC.length);
  if (!magic.every((byte, index) => byte === MAGIC[index])) {
    throw new DecodeError('not a snapshot: it begins with other bytes');
  }
  const version = reader.u32();
  if (version !== VERSION) throw new DecodeError(`version: expected ${VERSION}, got ${version}`);
  reader.bytes(16);
  const size = reader.u32();
  if (size > SNAPSHOT_METADATA_BYTES_MAX) throw new DecodeError('metadata: too large');
  return size + 4;
}

/** @throws DecodeError if the checksum does not hold. */
export function decodeHeader(bytes: Uint8Array): { header: SnapshotHeader; crc: number } {
  const reader = new ByteReader(bytes);
  reader.bytes(MAGIC.length + 4);
  const [lastIncludedIndex, lastIncludedTerm] = [reader.u64(), reader.u64()];
  const metadata = reader.bytes(reader.u32()).slice();
  const crc = reader.u32();
  reader.expectEnd();
  if (crc32c(bytes, 0, bytes.length - 4) !== crc) throw new DecodeError('header: bad checksum');
  return { header: { lastIncludedIndex, lastIncludedTerm, metadata }, crc };
}

/** A snapshot that another node has, named so that the same bytes have the same name. */
export interface SnapshotIdentity {
  readonly header: SnapshotHeader;
  /** Size of the data. */
  readonly sizeBytes: number;
  /** CRC-32C of all the data. */
  readonly crc: number;
}

/** Writes the size and checksum of the chunk that lies behind them in `target`. */
export function sealChunk(target: Uint8Array, previousCrc: number): number {
  const view = new DataView(target.buffer, target.byteOffset, target.length);
  view.setUint32(0, target.length - CHUNK_HEADER_BYTES);
  const crc = chunkCrc(target, previousCrc);
  view.setUint32(4, crc);
  return crc;
}

/** Size and checksum of the chunk that begins here. @throws DecodeError if it is too large. */
export function decodeChunkHeader(bytes: Uint8Array): { sizeBytes: number; crc: number } {
  const reader = new ByteReader(bytes);
  const sizeBytes = reader.u32();
  if (sizeBytes > SNAPSHOT_CHUNK_BYTES) throw new DecodeError('chunk: size is out of range');
  return { sizeBytes, crc: reader.u32() };
}

/** What the checksum of `chunk`, with its header, should be. */
export function chunkCrc(chunk: Uint8Array, previousCrc: number): number {
  const sizeCrc = crc32c(chunk, 0, 4, previousCrc);
  return crc32c(chunk, CHUNK_HEADER_BYTES, chunk.length, sizeCrc);
}
