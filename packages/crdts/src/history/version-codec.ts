/*
 * What a replica has, as bytes: for each author, how many of its events, and their hash. Authors
 * are in order of their ids, so that equal knowledge gives equal bytes; knowing nothing gives none.
 *
 *   1 · count · (id · events · hash)* · checksum
 */

import type { CausalGraph } from '../graph/causal-graph.ts';
import type { ReplicaId } from '../replica-id.ts';
import { ByteReader, corrupt } from '../wire/byte-reader.ts';
import { ByteWriter } from '../wire/byte-writer.ts';
import { readReplicaId, writeReplicaId } from '../wire/replica-id-codec.ts';
import { contentEnd, seal } from '../wire/seal.ts';

import type { ChainHashes } from './chain-hashes.ts';

const VERSION = 1;

/** What a version says of one author. */
export interface VersionEntry {
  readonly replicaId: ReplicaId;
  /** How many of its events are known; at least 1. */
  readonly nextSequence: number;
  /** Of those events, as `ChainHashes` has it. */
  readonly hash: number;
}

/** The version of all that is in `graph`. */
export function encodeVersion(graph: CausalGraph, hashes: ChainHashes): Uint8Array {
  const known: [ReplicaId, number][] = [];
  for (let replica = 0; replica < graph.replicaCount; replica += 1) {
    if (graph.nextSequence(replica) > 0) known.push([graph.replicaId(replica), replica]);
  }
  if (known.length === 0) return new Uint8Array(0);
  known.sort(([left], [right]) => (left < right ? -1 : 1));
  const writer = new ByteWriter(16 * known.length + 8);
  writer.u8(VERSION);
  writer.varint(known.length);
  for (const [id, replica] of known) {
    writeReplicaId(writer, id);
    writer.varint(graph.nextSequence(replica));
    writer.word(hashes.hashAt(replica, graph.nextSequence(replica)) ?? 0, 4);
  }
  return seal(writer.view());
}

/**
 * What a version says.
 *
 * @throws CorruptBytesError if `bytes` are none.
 */
export function decodeVersion(bytes: Uint8Array): VersionEntry[] {
  const entries: VersionEntry[] = [];
  if (bytes.length === 0) return entries;
  const reader = new ByteReader(bytes, 0, contentEnd(bytes));
  const version = reader.u8();
  if (version !== VERSION) throw corrupt(`version ${VERSION}`, version);
  for (let left = reader.count(); left > 0; left -= 1) {
    const replicaId = readReplicaId(reader);
    const previous = entries[entries.length - 1];
    if (previous !== undefined && previous.replicaId >= replicaId)
      throw corrupt('order', replicaId);
    const nextSequence = reader.varint(2 ** 31 - 1);
    if (nextSequence < 1) throw corrupt('at least 1 event', nextSequence);
    entries.push({ replicaId, nextSequence, hash: reader.word(4) });
  }
  if (entries.length === 0) throw corrupt('an author', 'none');
  reader.expectEnd();
  return entries;
}
