import { ByteReader, ByteWriter, type Codec, DecodeError } from '@quorate/transport/codec';

import { emptyMap, SortedMap } from '../plain/sorted-map.ts';
import type { ReplicaId } from '../replica-id.ts';

/** The longest id of a replica, in bytes of UTF-8. */
const ID_SIZE_MAX_BYTES = 64;

/** What distinguishes the codec of one type. */
export interface StateFields<State> {
  /** The first byte, 0..255: what is of another type or version begins with another one. */
  readonly tag: number;
  /** Writes what follows the tag. */
  readonly write: (writer: ByteWriter, state: State) => void;
  /** Reads what follows the tag. */
  readonly read: (reader: ByteReader) => State;
}

/** A codec of states that begin with `tag`. */
export function stateCodec<State>({ tag, write, read }: StateFields<State>): Codec<State> {
  return {
    encode(state) {
      const writer = new ByteWriter(64);
      writer.u8(tag);
      write(writer, state);
      return writer.finish();
    },
    decode(bytes) {
      const reader = new ByteReader(bytes);
      const found = reader.u8();
      if (found !== tag) throw new DecodeError(`tag: expected ${tag}, got ${found}`);
      const state = read(reader);
      reader.expectEnd();
      return state;
    },
  };
}

/** Reads the id of a replica. */
export function readReplicaId(reader: ByteReader): ReplicaId {
  const id = reader.string(ID_SIZE_MAX_BYTES);
  if (id === '') throw new DecodeError('replicaId: expected 1..64 bytes, got 0');
  return id;
}

/** Reads an integer of at least 1. */
export function readPositive(reader: ByteReader): number {
  const value = reader.varint();
  if (value === 0) throw new DecodeError('number: expected at least 1, got 0');
  return value;
}

/** Writes the entries by ascending keys, each value by `writeValue`. */
export function writeMap<Value>(
  writer: ByteWriter,
  map: SortedMap<Value>,
  writeValue: (value: Value) => void,
): void {
  writer.varint(map.size);
  for (const [key, value] of map) {
    writer.string(key);
    writeValue(value);
  }
}

/** Reads what `writeMap` wrote, and nothing that it would not have written. */
export function readMap<Value>(
  reader: ByteReader,
  readKey: (reader: ByteReader) => string,
  readValue: (reader: ByteReader) => Value,
): SortedMap<Value> {
  const entries: (readonly [string, Value])[] = [];
  let last: string | undefined;
  for (let count = reader.count(1); count > 0; count -= 1) {
    const key = readKey(reader);
    if (last !== undefined && key <= last) {
      throw new DecodeError('keys: expected ascending ones, got another order');
    }
    last = key;
    entries.push([key, readValue(reader)]);
  }
  return entries.length === 0 ? emptyMap : SortedMap.fromSorted(entries);
}

/** One byte, 1 for yes. */
export function readBoolean(reader: ByteReader): boolean {
  const value = reader.u8();
  if (value > 1) throw new DecodeError(`boolean: expected 0 or 1, got ${value}`);
  return value === 1;
}
