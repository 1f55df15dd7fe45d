import { type ByteReader, type ByteWriter, DecodeError } from '@quorate/transport/codec';

import { NO_STAMP, type Stamp, TIME_MS_MAX } from '../plain/hybrid-time.ts';
import type { ReplicaId } from '../replica-id.ts';
import { readReplicaId } from './state-codec.ts';

/** The ids in some bytes, each written once, in ascending order. Place 0 stands for none. */
export type IdTable = readonly ReplicaId[];

/** Writes the ids that occur in `ids`, and gives the table to refer to them with. */
export function writeIds(
  writer: ByteWriter,
  ids: Iterable<ReplicaId>,
): ReadonlyMap<string, number> {
  const table = [...new Set(ids)].filter((id) => id !== '').sort();
  writer.varint(table.length);
  for (const id of table) writer.string(id);
  return new Map(['', ...table].map((id, place) => [id, place]));
}

/** Reads what `writeIds` wrote. */
export function readIds(reader: ByteReader): IdTable {
  const ids = [''];
  for (let count = reader.count(2); count > 0; count -= 1) {
    const id = readReplicaId(reader);
    if (id <= (ids.at(-1) ?? '')) throw new DecodeError('ids: expected ascending ones');
    ids.push(id);
  }
  return ids;
}

/** Writes a stamp; that of nothing is one byte. */
export function writeStamp(
  writer: ByteWriter,
  places: ReadonlyMap<string, number>,
  { timeMs, counter, replicaId }: Stamp,
): void {
  writer.varint(places.get(replicaId) ?? 0);
  if (replicaId === '') return;
  writer.varint(timeMs);
  writer.varint(counter);
}

/** Reads a stamp, or that of nothing. */
export function readStamp(reader: ByteReader, ids: IdTable): Stamp {
  const replicaId = ids[reader.varint()];
  if (replicaId === undefined) throw new DecodeError('stamp: expected an id of the table');
  if (replicaId === '') return NO_STAMP;
  const timeMs = reader.varint();
  if (timeMs > TIME_MS_MAX) throw new DecodeError(`timeMs: expected 0..2^48-1, got ${timeMs}`);
  return { timeMs, counter: reader.varint(), replicaId };
}

/** Reads a stamp of somebody. */
export function readRealStamp(reader: ByteReader, ids: IdTable): Stamp {
  const stamp = readStamp(reader, ids);
  if (stamp === NO_STAMP) throw new DecodeError('stamp: expected one, got none');
  return stamp;
}

/** That all ids of the table occur: bytes that name more are not canonical. */
export function expectAllUsed(ids: IdTable, used: Iterable<ReplicaId>): void {
  const set = new Set(used);
  set.delete('');
  if (set.size !== ids.length - 1) throw new DecodeError('ids: expected only those in use');
}
