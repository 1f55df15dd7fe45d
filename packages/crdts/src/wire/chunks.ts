/*
 * A file as a row of chunks, each with its length and its checksum, so that damage is found before
 * anything is decoded and a part can be left undecoded until it is needed.
 *
 *   magic 51 ba 43 0d · version · (id · length · content · checksum of id, length and content)*
 *   · end 00
 *
 * Ids from 64 on are optional: a reader that does not know one skips it. One below that is needed
 * to understand the rest, and a file with an unknown one comes from a later version.
 */

import { ByteReader, corrupt } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { crc32c } from './crc32c.ts';

/** Begins every file, and never a text or an update. */
const MAGIC = 0x51ba_430d;
const VERSION = 1;
/** Ends the row of chunks: a file that was cut off between two of them is found by it. */
const END = 0;
/** Chunks from this id on may be skipped. */
const OPTIONAL_ID_MIN = 64;
/** The largest id. */
const ID_MAX = 127;

/** Id and content. */
export type Chunk = readonly [number, Uint8Array];

/** Chunks by id. */
export type Chunks = ReadonlyMap<number, Uint8Array>;

/** The bytes of a file with these chunks. */
export function encodeChunks(chunks: readonly Chunk[]): Uint8Array {
  let sizeBytes = 16;
  for (const [, content] of chunks) sizeBytes += content.length + 16;
  const writer = new ByteWriter(sizeBytes);
  writer.word(MAGIC, 4);
  writer.u8(VERSION);
  for (const [id, content] of chunks) {
    const start = writer.sizeBytes;
    writer.u8(id);
    writer.prefixed(content);
    writer.word(crc32c(writer.view(), start, writer.sizeBytes), 4);
  }
  writer.u8(END);
  return writer.copy();
}

/**
 * The chunks of a file, as views of `bytes`.
 *
 * @param known - The ids that the caller understands.
 * @throws CorruptBytesError if a checksum is wrong, if a chunk comes twice, or if one is needed
 *   that is not known.
 */
export function decodeChunks(bytes: Uint8Array, known: ReadonlySet<number>): Chunks {
  const reader = new ByteReader(bytes);
  if (reader.word(4) !== MAGIC) throw corrupt('a file', 'something else');
  const version = reader.u8();
  if (version !== VERSION) throw corrupt(`a file of version ${VERSION}`, version);
  const chunks = new Map<number, Uint8Array>();
  let id = reader.u8();
  for (; id !== END; id = reader.u8()) {
    const start = bytes.length - reader.remaining - 1;
    const content = reader.prefixed();
    const checksum = crc32c(bytes, start, bytes.length - reader.remaining);
    if (reader.word(4) !== checksum) throw corrupt('its checksum', 'another');
    if (id > ID_MAX || chunks.has(id)) throw corrupt('a chunk once', id);
    if (!known.has(id) && id < OPTIONAL_ID_MIN) throw corrupt('a chunk that is known', id);
    chunks.set(id, content);
  }
  reader.expectEnd();
  return chunks;
}
