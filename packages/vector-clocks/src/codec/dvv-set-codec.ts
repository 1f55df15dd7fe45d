import { ByteReader, ByteWriter, type Codec, DecodeError } from '@quorate/transport/codec';

import { type DvvEntry, DvvSet } from '../dvv-set.ts';
import type { ReplicaId } from '../replica-id.ts';
import { readHead, writeHead } from './head.ts';
import { ID_BYTES_MIN, readNextId, readPositive } from './id-fields.ts';

/**
 * `set` as bytes: for each server its id, how many versions it has made, how many are alive, and
 * these, with their lengths in front.
 *
 * @param values - Writes a value. Equal sets give equal bytes if equal values do.
 */
export function encodeDvvSet<Value>(set: DvvSet<Value>, values: Codec<Value>): Uint8Array {
  const writer = new ByteWriter();
  writeHead(writer, 'dvv set');
  writer.varint(set.entries.length);
  for (const entry of set.entries) {
    writer.string(entry.id);
    writer.varint(entry.counter);
    writer.varint(entry.values.length);
    for (const value of entry.values) writer.lengthPrefixed(values.encode(value));
  }
  return writer.finish();
}

/**
 * The set in `bytes`.
 *
 * @param values - Reads a value, and copies what it keeps.
 * @throws DecodeError if they are anything else, or if `values` throws it.
 */
export function decodeDvvSet<Value>(bytes: Uint8Array, values: Codec<Value>): DvvSet<Value> {
  const reader = new ByteReader(bytes);
  readHead(reader, 'dvv set');
  const count = reader.count(ID_BYTES_MIN + 2);
  const entries: DvvEntry<Value>[] = [];
  let previous: ReplicaId | undefined;
  for (let index = 0; index < count; index += 1) {
    const id = readNextId(reader, previous);
    entries.push({ id, ...readVersions(reader, values) });
    previous = id;
  }
  reader.expectEnd();
  return DvvSet.of(entries);
}

function readVersions<Value>(
  reader: ByteReader,
  codec: Codec<Value>,
): { counter: number; values: Value[] } {
  const counter = readPositive(reader, 'counter');
  const count = reader.count(1);
  if (count > counter) {
    throw new DecodeError(`values: expected at most ${counter}, got ${count}`);
  }
  const values: Value[] = [];
  for (let index = 0; index < count; index += 1) values.push(codec.decode(reader.lengthPrefixed()));
  return { counter, values };
}
