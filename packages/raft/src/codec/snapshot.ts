import { type ByteReader, type ByteWriter, DecodeError } from '@quorate/transport/codec';

import { invariant } from '../invariant.ts';
import type { Snapshot, SnapshotChunk, SnapshotChunkReply, SnapshotMetadata } from '../messages.ts';
import { readConfiguration, writeConfiguration } from './configuration.ts';
import { readPlace } from './primitives.ts';

/*
 * Bodies of the messages that carry snapshots.
 *
 *   metadata             lastIncludedIndex lastIncludedTerm configurationIndex configuration
 *
 *   9 installSnapshot    metadata length data
 *  20 snapshotChunk      metadata sizeBytes crc u32 offset dataCrc u32 length data
 *  21 snapshotChunkReply lastIncludedIndex crc u32 result offset
 */

/** By the byte that stands for it. */
const chunkResults = [
  'held',
  'gap',
  'damaged',
  'unknown',
] as const satisfies readonly SnapshotChunkReply['result'][];

/** Writes a whole snapshot. */
export function writeSnapshot(writer: ByteWriter, snapshot: Snapshot): void {
  invariant(snapshot.data !== undefined, 'a snapshot that travels in one message has its data');
  writeMetadata(writer, snapshot);
  writer.lengthPrefixed(snapshot.data);
}

/** @throws DecodeError if it is none of a message of `term`. */
export function readSnapshot(reader: ByteReader, term: number): Snapshot {
  const metadata = readMetadata(reader, term);
  return { ...metadata, data: reader.lengthPrefixed().slice() };
}

/** Writes a piece of a snapshot. */
export function writeSnapshotChunk(writer: ByteWriter, chunk: SnapshotChunk): void {
  writeMetadata(writer, chunk.snapshot);
  writer.varint(chunk.sizeBytes);
  writer.u32(chunk.crc);
  writer.varint(chunk.offset);
  writer.u32(chunk.dataCrc);
  writer.lengthPrefixed(chunk.data);
}

/** @throws DecodeError if it is none of a message of `term`, or lies beyond the snapshot's end. */
export function readSnapshotChunk(reader: ByteReader, term: number): SnapshotChunk {
  const snapshot = readMetadata(reader, term);
  const sizeBytes = reader.varint();
  const crc = reader.u32();
  const offset = reader.varint();
  const dataCrc = reader.u32();
  // Bounded by the message that was received, whatever it says about itself.
  const data = reader.lengthPrefixed().slice();
  if (offset > sizeBytes || data.length > sizeBytes - offset) {
    throw new DecodeError(`snapshotChunk: expected to end within ${sizeBytes} bytes, got more`);
  }
  return { kind: 'snapshotChunk', term, snapshot, sizeBytes, crc, offset, dataCrc, data };
}

/** Writes what became of a piece. */
export function writeSnapshotChunkReply(writer: ByteWriter, reply: SnapshotChunkReply): void {
  writer.varint(reply.lastIncludedIndex);
  writer.u32(reply.crc);
  writer.u8(chunkResults.indexOf(reply.result));
  writer.varint(reply.offset);
}

/** @throws DecodeError if it is none. */
export function readSnapshotChunkReply(reader: ByteReader, term: number): SnapshotChunkReply {
  const lastIncludedIndex = reader.varint();
  const crc = reader.u32();
  const result = readPlace(reader, chunkResults);
  return {
    kind: 'snapshotChunkReply',
    term,
    lastIncludedIndex,
    crc,
    result,
    offset: reader.varint(),
  };
}

function writeMetadata(writer: ByteWriter, metadata: SnapshotMetadata): void {
  writer.varint(metadata.lastIncludedIndex);
  writer.varint(metadata.lastIncludedTerm);
  writer.varint(metadata.configurationIndex);
  writeConfiguration(writer, metadata.configuration);
}

function readMetadata(reader: ByteReader, term: number): SnapshotMetadata {
  const lastIncludedIndex = reader.varint();
  const lastIncludedTerm = reader.varint();
  if (lastIncludedIndex === 0) throw new DecodeError('snapshot: expected an entry, got none');
  // Term 0 is nobody's: the snapshot comes from someone who does not lead, see repair.ts.
  if (lastIncludedTerm === 0 || (term > 0 && lastIncludedTerm > term)) {
    throw new DecodeError(`lastIncluded: expected a term of 1..${term}, got ${lastIncludedTerm}`);
  }
  const configurationIndex = reader.varint();
  if (configurationIndex > lastIncludedIndex) {
    throw new DecodeError(`configurationIndex: expected at most ${lastIncludedIndex}, got more`);
  }
  const configuration = readConfiguration(reader);
  return { lastIncludedIndex, lastIncludedTerm, configurationIndex, configuration };
}
